/** What is called when something stands in the log: webhooks and action URLs, tried with a button, their backlog told. */
import { useState } from 'preact/hooks';
import { shortTime } from '../../format.js';
import { number, t } from '../../i18n.js';
import type { Hook, HookState, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Badge, Panel, Waiting } from '../../parts/panel.js';
import { useResource } from '../../resource.js';
import { DeadLetters, sendNow } from './deadLetters.js';
import { HookForm } from './hookForm.js';

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
  const [dead, setDead] = useState(false);
  const test = async () => {
    await sendNow(`/api/v1/hooks/${encodeURIComponent(hook.id)}/test`, t('outgoing.test.ok'));
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
        <Button kind="danger" size="small" icon="warn" onClick={() => setDead(true)}>
          {t('outgoing.dead', { count: number(state.deadLetters) })}
        </Button>
      ) : null}
      <Button size="small" onClick={test}>
        {t('outgoing.test')}
      </Button>
      <Button kind="quiet" icon="edit" label={`${t('action.edit')} ${hook.name}`} onClick={edit} />
      {dead ? (
        <DeadLetters
          hook={hook}
          close={() => {
            setDead(false);
            tried();
          }}
        />
      ) : null}
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
