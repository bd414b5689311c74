/** Some people out of all of them, however many there are: those chosen as marks, and a search for one more. */
import { useEffect, useId, useState } from 'preact/hooks';
import { ask } from '../http.js';
import { t } from '../i18n.js';
import type { Page, User } from '../model.js';
import { Button } from './button.js';
import { FieldError } from './form.js';

interface Props {
  readonly legend: string;
  readonly chosen: readonly string[];
  readonly change: (chosen: readonly string[]) => void;
  /** Name of the field in the API, for its error. */
  readonly name?: string;
}

const shownMax = 8;
const pauseMs = 150;
const names = new Map<string, string>();

export function PeoplePick({ legend, chosen, change, name }: Props) {
  const id = useId();
  const [text, setText] = useState('');
  const found = useFound(text);
  useNames(chosen);
  const add = ({ id: user, name }: User) => {
    names.set(user, name);
    setText('');
    change([...chosen, user]);
  };
  return (
    <fieldset class="choices">
      <legend class="label">{legend}</legend>
      {chosen.map((user) => (
        <Button
          key={user}
          size="small"
          icon="close"
          label={`${t('action.delete')} ${names.get(user) ?? user}`}
          onClick={() => change(chosen.filter((one) => one !== user))}
        >
          {names.get(user) ?? user}
        </Button>
      ))}
      <input
        id={id}
        type="search"
        aria-label={`${legend}: ${t('people.search')}`}
        placeholder={t('people.search')}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {found
        .filter((user) => !chosen.includes(user.id))
        .map((user) => (
          <Button key={user.id} kind="quiet" size="small" icon="plus" onClick={() => add(user)}>
            {user.name}
          </Button>
        ))}
      {name === undefined ? null : <FieldError name={name} />}
    </fieldset>
  );
}

/** People whose name begins so; nobody for an empty text. */
function useFound(text: string): readonly User[] {
  const [found, setFound] = useState<readonly User[]>([]);
  useEffect(() => {
    setFound([]);
    if (text === '') return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ text, limit: String(shownMax) });
      const path = `/api/v1/users?${query}`;
      const answer = await ask<Page<User>>('GET', path, { signal: stop.signal }).catch(() => undefined);
      if (answer?.ok) setFound(answer.value.items);
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return found;
}

/** Reads the names that are not known yet, and draws again with them. */
function useNames(users: readonly string[]): void {
  const [, draw] = useState(0);
  useEffect(() => {
    const unknown = users.filter((user) => !names.has(user));
    if (unknown.length === 0) return;
    const read = unknown.map(async (user) => {
      const answer = await ask<User>('GET', `/api/v1/users/${encodeURIComponent(user)}`);
      names.set(user, answer.ok ? answer.value.name : user);
    });
    void Promise.all(read).then(() => draw((before) => before + 1));
  }, [users.join(' ')]);
}
