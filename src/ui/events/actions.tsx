/** What can be done about an event, in the place where it is told. */
import { ask } from '../http.js';
import { t } from '../i18n.js';
import type { Event } from '../model.js';
import { Button } from '../parts/button.js';
import { say } from '../parts/toast.js';
import { go } from '../router.js';
import { may } from '../session.js';
import { zones } from '../site.js';
import { mayForgive } from './sentence.js';

export function EventAction({ event }: { readonly event: Event }) {
  if (!may('operator')) return null;
  if (mayForgive(event)) {
    return (
      <Button kind="quiet" size="small" onClick={() => forgive(event)}>
        {t('forgive.one')}
      </Button>
    );
  }
  if (event.kind !== 'access-denied' || event.reason !== 'unknown-credential') return null;
  return (
    <Button kind="quiet" size="small" icon="plus" onClick={() => go(`/people?new=${event.seq}`)}>
      {t('adduser')}
    </Button>
  );
}

/** Forgets the record of the person in every zone of the reader that refused. */
async function forgive({ user, userName, reader }: Event): Promise<void> {
  if (user === undefined) return;
  const barring = zones.get().filter(({ members }) => members.some((one) => one.reader === reader));
  const answers = await Promise.all(
    barring.map(({ id }) => ask('POST', `/api/v1/zones/${id}/clear`, { body: { users: [user] } })),
  );
  const bad = answers.find((answer) => !answer.ok);
  if (bad?.ok === false) say(bad.problem.detail, true);
  else say(t('forgive.done', { who: userName ?? user }));
}
