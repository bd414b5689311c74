/** What is called when something stands in the log: webhooks and action URLs, tried with a button, their backlog told. */
import { useState } from 'preact/hooks';
import { shortTime } from '../../format.js';
import { ask, type Problem } from '../../http.js';
import { number, t, word } from '../../i18n.js';
import type { Hook, HookState, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { Badge, Panel, Waiting } from '../../parts/panel.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { say } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { Choices } from '../people/personForm.js';

export function Outgoing() {
  const hooks = useResource<Page<Hook>>('/api/v1/hooks?limit=200');
  const states = useResource<{ items: readonly HookState[] }>('/api/v1/hook-states');
  const [open, setOpen] = useState<Hook | 'new'>();
  if (hooks.value === undefined) return <Waiting problem={hooks.problem} reload={hooks.reload} />;
  const close = () => {
    setOpen(undefined);
    hooks.reload();
    states.reload();
  };
  const add = (
    <Button size="small" icon="plus" onClick={() => setOpen('new')}>
      {t('action.add')}
    </Button>
  );
  return (
    <Panel title={t('settings.outgoing')} note={t('outgoing.note')} actions={add}>
      {hooks.value.items.length === 0 ? <p class="hint">{t('outgoing.none')}</p> : null}
      <ul>
        {hooks.value.items.map((hook) => (
          <HookRow
            key={hook.id}
            hook={hook}
            state={states.value?.items.find((one) => one.hook === hook.id)}
            edit={() => setOpen(hook)}
            tried={states.reload}
          />
        ))}
      </ul>
      {open === undefined ? null : <HookForm hook={open === 'new' ? undefined : open} close={close} />}
    </Panel>
  );
}

interface RowProps {
  readonly hook: Hook;
  readonly state: HookState | undefined;
  readonly edit: () => void;
  readonly tried: () => void;
}

function HookRow({ hook, state, edit, tried }: RowProps) {
  const test = async () => {
    const path = `/api/v1/hooks/${encodeURIComponent(hook.id)}/test`;
    const answer = await ask<{ ok: boolean; error?: string }>('POST', path);
    if (!answer.ok) say(answer.problem.detail, true);
    else if (answer.value.ok) say(t('outgoing.test.ok'));
    else say(t('outgoing.test.bad', { error: answer.value.error ?? '' }), true);
    tried();
  };
  return (
    <li class="card-row">
      <span class="grow">
        <b>{hook.name}</b>
        <span class="hint">
          {hook.method} {hook.url}
        </span>
        <span class="hint">{stateText(state)}</span>
      </span>
      <Badge tone={hook.enabled ? 'good' : 'warn'}>{t(hook.enabled ? 'sources.on' : 'sources.off')}</Badge>
      {state !== undefined && state.deadLetters > 0 ? (
        <Badge tone="bad">{t('outgoing.dead', { count: number(state.deadLetters) })}</Badge>
      ) : null}
      <Button size="small" onClick={test}>
        {t('outgoing.test')}
      </Button>
      <Button kind="quiet" icon="edit" label={`${t('action.edit')} ${hook.name}`} onClick={edit} />
    </li>
  );
}

function stateText(state: HookState | undefined): string {
  if (state === undefined) return '';
  const next = state.nextAt === undefined ? '' : t('outgoing.next', { at: shortTime(state.nextAt) });
  const behind =
    state.behind === 0 ? t('outgoing.uptodate') : t('outgoing.behind', { count: number(state.behind) });
  return [behind, state.lastError, next].filter(Boolean).join(' · ');
}

interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly events: readonly string[];
  readonly secret: string;
}

const usual = [
  'access-granted',
  'access-denied',
  'passback-violation',
  'door-forced',
  'door-held',
  'tamper-on',
  'fire-on',
  '*',
];
const empty: Draft = {
  name: '',
  enabled: true,
  url: 'https://',
  method: 'POST',
  events: ['access-granted', 'access-denied'],
  secret: '',
};

function HookForm({ hook, close }: { readonly hook: Hook | undefined; readonly close: () => void }) {
  const [draft, setDraft] = useState<Draft>({ ...empty, ...hook });
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const sending = useSending(() => store(draft, hook), close);
  const { problem } = sending;
  return (
    <Dialog title={hook?.name ?? t('outgoing.new')} onClose={close} wide>
      <SaveForm
        sending={sending}
        cancel={close}
        more={
          hook === undefined ? null : (
            <RemoveButton
              path={`/api/v1/hooks/${encodeURIComponent(hook.id)}`}
              name={hook.name}
              etag={`"${hook.revision}"`}
              removed={close}
            />
          )
        }
      >
        <HookFields draft={draft} problem={problem} set={set} signed={hook?.signed === true} />
      </SaveForm>
    </Dialog>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly problem: Problem | undefined;
  readonly set: (change: Partial<Draft>) => void;
  readonly signed: boolean;
}

function HookFields({ draft, problem, set, signed }: FieldsProps) {
  const kinds = [...new Set([...usual, ...draft.events])];
  return (
    <>
      <TextField
        label={t('person.name')}
        name="name"
        value={draft.name}
        onInput={(name) => set({ name })}
        problem={problem}
        required
      />
      <TextField
        label={t('outgoing.url')}
        hint={t('outgoing.url.hint')}
        name="url"
        value={draft.url}
        onInput={(url) => set({ url })}
        problem={problem}
        required
      />
      <div class="pair">
        <SelectField
          label={t('outgoing.method')}
          value={draft.method}
          onInput={(text) => set({ method: text === 'GET' ? 'GET' : 'POST' })}
          options={[
            ['POST', t('outgoing.post')],
            ['GET', t('outgoing.get')],
          ]}
        />
        <TextField
          label={t('outgoing.secret')}
          hint={t(signed ? 'sources.password.kept' : 'outgoing.secret.hint')}
          name="secret"
          type="password"
          autocomplete="new-password"
          value={draft.secret}
          onInput={(secret) => set({ secret })}
          problem={problem}
        />
      </div>
      <Choices
        legend={t('outgoing.events')}
        all={kinds.map((id) => ({ id, name: id === '*' ? t('log.all') : word('kind', id) }))}
        chosen={draft.events}
        change={(events) => set({ events })}
      />
      <CheckField
        label={t('outgoing.enabled')}
        checked={draft.enabled}
        onInput={(enabled) => set({ enabled })}
      />
    </>
  );
}

function store({ name, enabled, url, method, events, secret }: Draft, hook: Hook | undefined) {
  const body = { name, enabled, url, method, events, ...(secret === '' ? {} : { secret }) };
  if (hook === undefined) return ask('POST', '/api/v1/hooks', { body });
  return ask('PATCH', `/api/v1/hooks/${encodeURIComponent(hook.id)}`, { body, etag: `"${hook.revision}"` });
}
