/** A new person, and the card that was just shown if there is one. */
import { useState } from 'preact/hooks';
import { ask, type Problem } from '../../http.js';
import { t } from '../../i18n.js';
import type { Credential, Event, Group, User } from '../../model.js';
import { useAll } from '../../names.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Form, ProblemNote } from '../../parts/form.js';
import { Note } from '../../parts/panel.js';
import { say } from '../../parts/toast.js';
import { address, go } from '../../router.js';
import { readerName } from '../../site.js';
import { addCredential, type CardDraft, CardFields, emptyCard, handleOf } from './cardFields.js';
import { emptyPerson, type PersonDraft, PersonFields } from './personForm.js';

interface Props {
  /** The refusal of an unknown card that this begins with. */
  readonly event: Event | undefined;
  readonly close: () => void;
}

export function NewPerson({ event: first, close }: Props) {
  const [event, setEvent] = useState(first);
  const groups = useAll<Group>('groups');
  const [changes, setChanges] = useState<Partial<PersonDraft>>({});
  const [card, setCard] = useState<CardDraft>(emptyCard);
  const [made, setMade] = useState<User>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  // Most people belong to the only group there is.
  const draft = { ...emptyPerson, groups: groups.length === 1 ? groups.map(({ id }) => id) : [], ...changes };
  const save = async () => {
    setBusy(true);
    const refused = await store(draft, card, handleOf(event), made, setMade);
    setBusy(false);
    setProblem(refused);
  };
  return (
    <Dialog title={t('people.new')} onClose={close} wide>
      <Form problem={problem} submit={save}>
        {event === undefined ? null : (
          <Note tone="info">
            <p>
              {t(handleOf(event) === undefined ? 'people.fromcard' : 'people.thiscard', {
                label: event.credential?.label ?? '',
                place: readerName(event.reader ?? ''),
              })}
            </p>
          </Note>
        )}
        <PersonFields draft={draft} set={(change) => setChanges({ ...changes, ...change })} autofocus />
        {handleOf(event) === undefined ? (
          <CardFields card={card} set={setCard} event={event} take={setEvent} />
        ) : null}
        <ProblemNote />
        <footer class="actions">
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {t('action.save')}
          </Button>
        </footer>
      </Form>
    </Dialog>
  );
}

/** First the person, then the card; when only the card is refused the person is not made twice. */
async function store(
  draft: PersonDraft,
  card: CardDraft,
  handle: string | undefined,
  made: User | undefined,
  setMade: (user: User) => void,
): Promise<Problem | undefined> {
  const answer =
    made === undefined
      ? await ask<User>('POST', '/api/v1/users', { body: draft })
      : { ok: true as const, value: made };
  if (!answer.ok) return answer.problem;
  setMade(answer.value);
  const user = answer.value.id;
  const added =
    handle === undefined
      ? await addCredential(user, card)
      : await ask<Credential>('POST', '/api/v1/enrolments', { body: { handle, user } });
  if (added !== undefined && !added.ok) return added.problem;
  say(t('people.added', { name: answer.value.name }));
  go(address('people', answer.value.id));
  return undefined;
}
