/** One person: facts, credentials, what they did. */
import { useEdit } from '../../edit.js';
import { Sentence, toneOf } from '../../events/sentence.js';
import { dateTime } from '../../format.js';
import { t } from '../../i18n.js';
import type { Event, Page, User } from '../../model.js';
import { EditForm } from '../../parts/editForm.js';
import { Link } from '../../parts/link.js';
import { Panel, ViewHead, Waiting } from '../../parts/panel.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { say } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { go } from '../../router.js';
import { may } from '../../session.js';
import { Credentials } from './credentials.js';
import { Explain } from './explain.js';
import { PersonFields } from './personForm.js';
import { Places } from './places.js';

export function PersonView({ id }: { readonly id: string }) {
  const path = `/api/v1/users/${encodeURIComponent(id)}`;
  const { value, etag, problem, reload } = useResource<User>(path);
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  return (
    <>
      <ViewHead title={value.name} note={<Link to="/people">{t('nav.people')}</Link>}>
        {may('operator') ? (
          <RemoveButton
            path={path}
            name={value.name}
            etag={etag}
            text={t('person.delete.text', { name: value.name })}
            removed={() => go('/people')}
          />
        ) : null}
      </ViewHead>
      <div class="two">
        <div class="stack">
          <Panel title={t('person.facts')}>
            <PersonEdit path={path} value={value} etag={etag} />
          </Panel>
        </div>
        <div class="stack">
          <Credentials user={id} />
          <Places user={value} />
          <Explain user={id} />
          <Panel title={t('person.events')}>
            <Doings user={id} />
          </Panel>
        </div>
      </div>
    </>
  );
}

const fields = [
  'name',
  'enabled',
  'validFromMs',
  'validUntilMs',
  'groups',
  'accessRights',
  'extendedUnlock',
  'supervisor',
  'note',
  'urls',
] as const;

const fieldNames = {
  name: 'person.name',
  enabled: 'person.enabled',
  validFromMs: 'person.from',
  validUntilMs: 'person.until',
  groups: 'person.groups',
  accessRights: 'person.rights',
  extendedUnlock: 'person.extended',
  supervisor: 'person.supervisor',
  note: 'person.note',
  urls: 'person.urls',
} as const;

function nameOf(field: string): string {
  return t(fieldNames[field as keyof typeof fieldNames] ?? 'person.name');
}

function PersonEdit({ path, value, etag }: { path: string; value: User; etag: string | undefined }) {
  const edit = useEdit<User>({ path, value, etag, fields, saved: () => say(t('state.saved')) });
  return (
    <EditForm label={t('person.facts')} edit={edit} nameOf={nameOf} mayEdit={may('operator')}>
      <PersonFields draft={edit.draft} set={(change) => edit.set(change as Partial<User>)} />
    </EditForm>
  );
}

function Doings({ user }: { readonly user: string }) {
  const path = `/api/v1/events?user=${encodeURIComponent(user)}&limit=30`;
  const { value, problem, reload } = useResource<Page<Event>>(
    path,
    (event) => 'user' in event && event.user === user,
  );
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  return (
    <ol class="stream plain">
      {value.items.map((event) => (
        <li key={event.seq} class={`row ${toneOf(event)}`}>
          <span class="dot" />
          <p>
            <Sentence event={event} />
            <Link to={`/log?row=${event.seq}`} class="when">
              {dateTime(event.at)}
            </Link>
          </p>
        </li>
      ))}
    </ol>
  );
}
