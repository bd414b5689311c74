/** People: who carries credentials; a list to search as one types, and one person at a time. */
import { useEffect, useState } from 'preact/hooks';
import { type Answer, ask, type Problem } from '../http.js';
import { number, t } from '../i18n.js';
import type { Event, Group, Page, User } from '../model.js';
import { useAll } from '../names.js';
import { Button } from '../parts/button.js';
import { Icon } from '../parts/icon.js';
import { Link } from '../parts/link.js';
import { Badge, Empty, Panel, ViewHead, Waiting } from '../parts/panel.js';
import { address, usePlace, useQuery } from '../router.js';
import { may } from '../session.js';
import { FindCard } from './people/findCard.js';
import { NewPerson } from './people/newPerson.js';
import { PeopleFile } from './people/peopleFile.js';
import { PersonView } from './people/personView.js';

export function PeoplePage() {
  const { path } = usePlace();
  const person = path[1];
  return person === undefined ? <People /> : <PersonView key={person} id={person} />;
}

function People() {
  const [query, setQuery] = useQuery();
  const seq = query['new'];
  const event = useEvent(seq);
  const [open, setOpen] = useState<'card' | 'file'>();
  const close = () => setOpen(undefined);
  return (
    <>
      <ViewHead title={t('nav.people')}>
        <Button icon="card" onClick={() => setOpen('card')}>
          {t('people.findcard')}
        </Button>
        {may('operator') ? (
          <>
            <Button icon="download" onClick={() => setOpen('file')}>
              {t('people.file')}
            </Button>
            <Button kind="primary" icon="plus" onClick={() => setQuery({ new: 'person' })}>
              {t('people.new')}
            </Button>
          </>
        ) : null}
      </ViewHead>
      <Panel>
        <Search text={query['q'] ?? ''} change={(q) => setQuery({ q })} />
        <PeopleList text={query['q'] ?? ''} />
      </Panel>
      {open === 'card' ? <FindCard close={close} /> : null}
      {open === 'file' ? <PeopleFile close={close} /> : null}
      {seq === undefined || !may('operator') || (seq !== 'person' && event === undefined) ? null : (
        <NewPerson event={event} close={() => setQuery({ new: undefined })} />
      )}
    </>
  );
}

/** The event whose unknown card is to be given to somebody. */
function useEvent(seq: string | undefined): Event | undefined {
  const [event, setEvent] = useState<Event>();
  useEffect(() => {
    setEvent(undefined);
    const row = Number(seq);
    if (!Number.isSafeInteger(row)) return;
    void ask<Page<Event>>('GET', `/api/v1/events?after=${row - 1}&before=${row + 1}&limit=1`).then(
      (answer) => {
        if (answer.ok) setEvent(answer.value.items[0]);
      },
    );
  }, [seq]);
  return event;
}

function Search({ text, change }: { readonly text: string; readonly change: (text: string) => void }) {
  return (
    <search class="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label={t('people.search')}
        placeholder={t('people.search')}
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </search>
  );
}

const pageSize = 60;

function PeopleList({ text }: { readonly text: string }) {
  const { people, more, next, loading, problem, again } = usePeople(text);
  const groups = useAll<Group>('groups');
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  if (problem !== undefined) return <Waiting problem={problem} reload={again} />;
  if (people.length === 0 && !loading) {
    return <Empty icon="people" title={t(text === '' ? 'people.none' : 'people.nobody')} />;
  }
  return (
    <>
      <ul class="people" aria-label={t('nav.people')}>
        {people.map((user) => (
          <li key={user.id}>
            <Link to={address('people', user.id)} class="person">
              <Initials name={user.name} />
              <span class="person-name">
                <b>{user.name}</b>
                <span class="hint">{user.groups.map((group) => names.get(group) ?? group).join(', ')}</span>
              </span>
              {user.enabled ? null : <Badge tone="bad">{t('people.disabled')}</Badge>}
              <Icon name="forward" size={16} />
            </Link>
          </li>
        ))}
      </ul>
      <footer class="list-foot">
        <span class="hint" role="status">
          {t('people.shown', { count: number(people.length) })}
        </span>
        {next ? <Button onClick={more}>{t('action.more')}</Button> : null}
      </footer>
    </>
  );
}

function Initials({ name }: { readonly name: string }) {
  const letters = name
    .split(/\s+/)
    .map((part) => [...part][0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();
  return (
    <span class="initials" aria-hidden="true">
      {letters}
    </span>
  );
}

interface Found {
  readonly people: readonly User[];
  readonly next: boolean;
  readonly loading: boolean;
  /** Why there is no list, or no more of it. */
  readonly problem: Problem | undefined;
  more(): Promise<void>;
  again(): void;
}

interface Read {
  readonly people: readonly User[];
  readonly cursor?: string | undefined;
  readonly loading: boolean;
  readonly problem?: Problem;
}

/** People whose name begins so; the newest question wins. */
function usePeople(text: string): Found {
  const [found, setFound] = useState<Read>({ people: [], loading: true });
  const [turn, setTurn] = useState(0);
  const read = async (cursor: string | undefined, signal?: AbortSignal) => {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (text !== '') query.set('text', text);
    if (cursor !== undefined) query.set('cursor', cursor);
    return ask<Page<User>>('GET', `/api/v1/users?${query}`, signal === undefined ? {} : { signal });
  };
  useEffect(() => {
    const stop = new AbortController();
    // As one types: a short pause spares the Pi a question for each letter.
    const timer = setTimeout(async () => {
      const answer = await read(undefined, stop.signal).catch(() => undefined);
      if (answer !== undefined) setFound(foundOf([], answer));
    }, 120);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, turn]);
  return {
    people: found.people,
    next: found.cursor !== undefined,
    loading: found.loading,
    problem: found.problem,
    more: async () => setFound(foundOf(found.people, await read(found.cursor))),
    again: () => setTurn(turn + 1),
  };
}

function foundOf(before: readonly User[], answer: Answer<Page<User>>): Read {
  if (!answer.ok) return { people: before, loading: false, problem: answer.problem };
  const { items, next } = answer.value;
  return { people: [...before, ...items], cursor: next, loading: false };
}
