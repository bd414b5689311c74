/** What of the log is shown: each filter stands in the address. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t, word } from '../../i18n.js';
import { en } from '../../messages/en.js';
import type { Page, User } from '../../model.js';
import { Button } from '../../parts/button.js';
import { SelectField, TextField } from '../../parts/field.js';
import { site } from '../../site.js';
import { useStore } from '../../store.js';

type Query = Readonly<Record<string, string>>;

const names = ['user', 'door', 'kind', 'reason'] as const;
const filterNames = [...names, 'from', 'to'] as const;

/** The filters of the address as the API takes them. */
export function filterQuery(query: Query): string {
  const kept = names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]]));
  return new URLSearchParams(kept as [string, string][]).toString();
}

interface Props {
  readonly query: Query;
  readonly change: (change: Record<string, string | undefined>) => void;
}

const kinds = keysUnder('kind.');

function keysUnder(prefix: string): readonly string[] {
  return Object.keys(en)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((key) => !key.includes('.'));
}

export function Filters({ query, change }: Props) {
  const doors = useStore(site)?.doors ?? [];
  const all = ['', t('log.all')] as const;
  return (
    <div class="filters">
      <PersonFilter user={query['user']} change={change} />
      <SelectField
        label={t('log.door')}
        value={query['door'] ?? ''}
        onInput={(door) => change({ door })}
        options={[all, ...doors.map(({ id, name }) => [id, name] as const)]}
      />
      <SelectField
        label={t('log.kind')}
        value={query['kind'] ?? ''}
        onInput={(kind) => change({ kind })}
        options={[all, ...kinds.map((kind) => [kind, word('kind', kind)] as const)]}
      />
      <SelectField
        label={t('log.reason')}
        value={query['reason'] ?? ''}
        onInput={(reason) => change({ reason })}
        options={[all, ...keysUnder('reason.').map((reason) => [reason, word('reason', reason)] as const)]}
      />
      {(['from', 'to'] as const).map((name) => (
        <TextField
          key={name}
          label={t(`log.${name}`)}
          type="datetime-local"
          value={query[name] ?? ''}
          onInput={(text) => change({ [name]: text === '' ? undefined : text })}
        />
      ))}
      {filterNames.every((name) => query[name] === undefined) ? null : (
        <Button
          kind="quiet"
          icon="close"
          onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, undefined])))}
        >
          {t('log.clear')}
        </Button>
      )}
    </div>
  );
}

/** A person by name: what is typed is looked up, what is chosen stands in the address by its id. */
function PersonFilter({
  user,
  change,
}: {
  readonly user: string | undefined;
  readonly change: Props['change'];
}) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly User[]>([]);
  useEffect(() => {
    if (user === undefined) return setText('');
    void ask<User>('GET', `/api/v1/users/${encodeURIComponent(user)}`).then((answer) =>
      setText(answer.ok ? answer.value.name : user),
    );
  }, [user]);
  const type = async (typed: string) => {
    setText(typed);
    const chosen = found.find(({ name }) => name === typed);
    if (chosen !== undefined) return change({ user: chosen.id });
    if (user !== undefined) change({ user: undefined });
    if (typed === '') return setFound([]);
    const answer = await ask<Page<User>>('GET', `/api/v1/users?limit=12&text=${encodeURIComponent(typed)}`);
    if (!answer.ok) return;
    setFound(answer.value.items);
    const exact = answer.value.items.filter(({ name }) => name.toLowerCase() === typed.toLowerCase());
    if (exact.length === 1 && exact[0] !== undefined) change({ user: exact[0].id });
  };
  return (
    <>
      <TextField
        label={t('log.person')}
        type="search"
        value={text}
        onInput={type}
        list="log-people"
        placeholder={t('log.all')}
        autocomplete="off"
      />
      <datalist id="log-people">
        {found.map(({ id, name }) => (
          <option key={id} value={name} />
        ))}
      </datalist>
    </>
  );
}
