/** One hook: where it calls, on what, with which body, and what proves the two sides to each other. */
import { useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t, word } from '../../i18n.js';
import type { Hook } from '../../model.js';
import { Choices } from '../../parts/choices.js';
import { Dialog } from '../../parts/dialog.js';
import { AreaField, CheckField, SelectField, TextField } from '../../parts/field.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { site } from '../../site.js';
import { useStore } from '../../store.js';

interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly events: readonly string[];
  readonly secret: string;
  readonly doors: readonly string[];
  readonly body: 'event' | 'template';
  readonly template: string;
  readonly contentType: string;
  readonly basic: boolean;
  readonly certificateSha256: string;
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
  doors: [],
  body: 'event',
  template: '',
  contentType: 'application/json',
  basic: false,
  certificateSha256: '',
};

export function HookForm({ hook, close }: { readonly hook: Hook | undefined; readonly close: () => void }) {
  const [draft, setDraft] = useState<Draft>({ ...empty, ...hook });
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const sending = useSending(() => store(draft, hook), close);
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
        <HookFields draft={draft} set={set} signed={hook?.signed === true} />
      </SaveForm>
    </Dialog>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly signed: boolean;
}

function HookFields({ draft, set, signed }: FieldsProps) {
  const kinds = [...new Set([...usual, ...draft.events])];
  return (
    <>
      <TextField
        label={t('person.name')}
        name="name"
        value={draft.name}
        onInput={(name) => set({ name })}
        required
      />
      <TextField
        label={t('outgoing.url')}
        hint={t('outgoing.url.hint')}
        name="url"
        value={draft.url}
        onInput={(url) => set({ url })}
        required
      />
      <div class="pair">
        <SelectField
          label={t('outgoing.method')}
          name="method"
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
        />
      </div>
      <Choices
        legend={t('outgoing.events')}
        name="events"
        all={kinds.map((id) => ({ id, name: id === '*' ? t('log.all') : word('kind', id) }))}
        chosen={draft.events}
        change={(events) => set({ events })}
      />
      <CheckField
        label={t('outgoing.enabled')}
        name="enabled"
        checked={draft.enabled}
        onInput={(enabled) => set({ enabled })}
      />
      <details class="finer">
        <summary>{t('outgoing.finer')}</summary>
        <div class="form">
          <Finer draft={draft} set={set} />
        </div>
      </details>
    </>
  );
}

/** Doors, a body of one's own, and how far the receiver is trusted. */
function Finer({ draft, set }: Omit<FieldsProps, 'signed'>) {
  const doors = useStore(site)?.doors ?? [];
  return (
    <>
      <Choices
        legend={t('outgoing.doors')}
        name="doors"
        all={doors}
        chosen={draft.doors}
        change={(chosen) => set({ doors: chosen })}
      />
      {draft.method === 'POST' ? (
        <SelectField
          label={t('outgoing.body')}
          name="body"
          value={draft.body}
          onInput={(text) => set({ body: text === 'template' ? 'template' : 'event' })}
          options={[
            ['event', t('outgoing.body.event')],
            ['template', t('outgoing.body.template')],
          ]}
        />
      ) : null}
      {draft.method === 'POST' && draft.body === 'template' ? (
        <>
          <AreaField
            label={t('outgoing.template')}
            hint={t('outgoing.template.hint')}
            name="template"
            value={draft.template}
            onInput={(template) => set({ template })}
          />
          <TextField
            label={t('outgoing.type')}
            name="contentType"
            value={draft.contentType}
            onInput={(contentType) => set({ contentType })}
          />
        </>
      ) : null}
      <TextField
        label={t('outgoing.pin')}
        hint={t('outgoing.pin.hint')}
        name="certificateSha256"
        value={draft.certificateSha256}
        onInput={(certificateSha256) => set({ certificateSha256 })}
      />
      <CheckField
        label={t('zones.action.basic')}
        name="basic"
        hint={t('zones.action.basic.hint')}
        checked={draft.basic}
        onInput={(basic) => set({ basic })}
      />
    </>
  );
}

function store(draft: Draft, hook: Hook | undefined) {
  const { name, enabled, url, method, events, doors, body, template, contentType, basic } = draft;
  const pin = draft.certificateSha256.trim();
  const pinned =
    pin === '' ? (hook === undefined ? {} : { certificateSha256: null }) : { certificateSha256: pin };
  const sent = {
    ...{ name, enabled, url, method, events, doors, body, template, contentType, basic },
    ...(draft.secret === '' ? {} : { secret: draft.secret }),
    ...pinned,
  };
  if (hook === undefined) return ask('POST', '/api/v1/hooks', { body: sent });
  const path = `/api/v1/hooks/${encodeURIComponent(hook.id)}`;
  return ask('PATCH', path, { body: sent, etag: `"${hook.revision}"` });
}
