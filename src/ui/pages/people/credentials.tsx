/** What one person carries: shown masked, added, marked lost, deleted. */
import { useState } from 'preact/hooks';
import { type Answer, ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Credential, Event, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog, sure } from '../../parts/dialog.js';
import { Icon } from '../../parts/icon.js';
import { Note, Panel, Waiting } from '../../parts/panel.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { readerName } from '../../site.js';
import { addCredential, type CardDraft, CardFields, emptyCard, handleOf } from './cardFields.js';
import { EditServing, servingTexts } from './serving.js';

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

interface CardProps {
  readonly credential: Credential;
  readonly changed: () => void;
}

function pathOf({ id }: Credential): string {
  return `/api/v1/credentials/${encodeURIComponent(id)}`;
}

function CardRow({ credential, changed }: CardProps) {
  const { kind, label, status } = credential;
  const [whole, setWhole] = useState<string>();
  const show = async () => {
    const answer = await ask<Credential>('GET', pathOf(credential));
    if (!answer.ok) return say(answer.problem.detail, true);
    const { facility, number, hex } = answer.value;
    const parts = [facility, number].filter((part) => part !== undefined);
    setWhole(number === undefined ? (hex ?? label) : parts.join(' / '));
  };
  return (
    <li class={`card-row ${status === 'active' ? '' : 'off'}`}>
      <Icon name="card" />
      <span class="grow">
        <b>{kind === 'pin' ? 'PIN' : (whole ?? label)}</b>
        <span class="hint">
          {[t(`card.kind.${kind}`), credential.format, ...servingTexts(credential)]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      {kind === 'card' && whole === undefined && may('operator') ? (
        <Button kind="quiet" size="small" onClick={show}>
          {t('card.show')}
        </Button>
      ) : null}
      <Status credential={credential} changed={changed} />
      {may('operator') ? <Changes credential={credential} changed={changed} /> : null}
    </li>
  );
}

/** Marked lost, found again. */
function Status({ credential, changed }: CardProps) {
  const { label, status, revision } = credential;
  const mark = async (wanted: string) => {
    const body = { status: wanted };
    tell(await ask('PATCH', pathOf(credential), { body, etag: `"${revision}"` }), t('state.saved'));
    changed();
  };
  return (
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
  );
}

function Changes({ credential, changed }: CardProps) {
  const { label, revision } = credential;
  const [editing, setEditing] = useState(false);
  const remove = async () => {
    const question = {
      title: t('card.delete'),
      text: t('card.delete.text', { label }),
      yes: t('action.delete'),
      danger: true,
    };
    if (!(await sure(question))) return;
    tell(await ask('DELETE', pathOf(credential), { etag: `"${revision}"` }), t('state.deleted'));
    changed();
  };
  const close = () => {
    setEditing(false);
    changed();
  };
  return (
    <>
      <Button
        kind="quiet"
        icon="edit"
        label={`${t('card.serving')}: ${label}`}
        onClick={() => setEditing(true)}
      />
      <Button kind="quiet" icon="trash" label={t('card.delete')} onClick={remove} />
      {editing ? <EditServing credential={credential} close={close} /> : null}
    </>
  );
}

function AddCredential({ user, close }: { readonly user: string; readonly close: () => void }) {
  const [card, setCard] = useState<CardDraft>({ ...emptyCard, kind: 'printed' });
  const [seen, setSeen] = useState<Event>();
  const handle = handleOf(seen);
  // A card that was shown is given as it is; else what was typed. `always` leaves the form no empty choice.
  const send = async (): Promise<Answer<unknown>> =>
    handle === undefined
      ? ((await addCredential(user, card)) ?? { ok: true, value: undefined, etag: undefined })
      : ask('POST', '/api/v1/enrolments', { body: { handle, user } });
  const sending = useSending(send, close);
  return (
    <Dialog title={t('card.add')} onClose={close}>
      <SaveForm sending={sending} cancel={close}>
        {seen === undefined ? (
          <CardFields card={card} set={setCard} always take={setSeen} />
        ) : (
          <Note tone="info">
            {t('people.thiscard', {
              label: seen.credential?.label ?? '',
              place: readerName(seen.reader ?? ''),
            })}
          </Note>
        )}
      </SaveForm>
    </Dialog>
  );
}
