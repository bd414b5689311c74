/** What one person carries: shown masked, added, marked lost, deleted. */
import { useState } from 'preact/hooks';
import { ask, type Problem } from '../../http.js';
import { t } from '../../i18n.js';
import type { Credential, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog, sure } from '../../parts/dialog.js';
import { ProblemNote } from '../../parts/field.js';
import { Icon } from '../../parts/icon.js';
import { Panel, Waiting } from '../../parts/panel.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { addCredential, type CardDraft, CardFields, emptyCard } from './cardFields.js';

export function Credentials({ user }: { readonly user: string }) {
  const path = `/api/v1/credentials?user=${encodeURIComponent(user)}&limit=100`;
  const { value, problem, reload } = useResource<Page<Credential>>(path);
  const [adding, setAdding] = useState(false);
  const add = may('operator') ? (
    <Button size="small" icon="plus" onClick={() => setAdding(true)}>
      {t('card.add')}
    </Button>
  ) : null;
  return (
    <Panel title={t('person.credentials')} actions={add}>
      {value === undefined ? <Waiting problem={problem} reload={reload} /> : null}
      {value?.items.length === 0 ? <p class="hint">{t('person.credentials.none')}</p> : null}
      <ul class="cards">
        {value?.items.map((one) => (
          <CardRow key={one.id} credential={one} changed={reload} />
        ))}
      </ul>
      {adding ? (
        <AddCredential
          user={user}
          close={() => {
            setAdding(false);
            reload();
          }}
        />
      ) : null}
    </Panel>
  );
}

function CardRow({ credential, changed }: { readonly credential: Credential; readonly changed: () => void }) {
  const { id, kind, label, status, revision } = credential;
  const path = `/api/v1/credentials/${encodeURIComponent(id)}`;
  const etag = `"${revision}"`;
  const mark = async (wanted: string) => {
    const answer = await ask('PATCH', path, { body: { status: wanted }, etag });
    tell(answer, t('state.saved'));
    changed();
  };
  const remove = async () => {
    const question = {
      title: t('card.delete'),
      text: t('card.delete.text', { label }),
      yes: t('action.delete'),
      danger: true,
    };
    if (!(await sure(question))) return;
    tell(await ask('DELETE', path, { etag }), t('state.deleted'));
    changed();
  };
  return (
    <li class={`card-row ${status === 'active' ? '' : 'off'}`}>
      <Icon name="card" />
      <span class="grow">
        <b>{kind === 'pin' ? 'PIN' : label}</b>
        <span class="hint">
          {[t(`card.kind.${kind === 'card' ? 'card' : kind}`), credential.format].filter(Boolean).join(' · ')}
        </span>
      </span>
      <select
        aria-label={t('card.status', { label })}
        value={status}
        disabled={!may('operator')}
        onChange={(event) => mark(event.currentTarget.value)}
      >
        {(['active', 'disabled', 'lost', 'stolen'] as const).map((one) => (
          <option key={one} value={one} selected={one === status}>
            {t(`card.status.${one}`)}
          </option>
        ))}
      </select>
      {may('operator') ? (
        <Button kind="quiet" icon="trash" label={t('card.delete')} onClick={remove} />
      ) : null}
    </li>
  );
}

function AddCredential({ user, close }: { readonly user: string; readonly close: () => void }) {
  const [card, setCard] = useState<CardDraft>({ ...emptyCard, kind: 'printed' });
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const answer = await addCredential(user, card);
    setBusy(false);
    if (answer === undefined) return;
    if (!answer.ok) return setProblem(answer.problem);
    say(t('state.saved'));
    close();
  };
  return (
    <Dialog title={t('card.add')} onClose={close}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <CardFields card={card} set={setCard} problem={problem} always />
        <ProblemNote problem={problem} />
        <footer class="actions">
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {t('action.save')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
