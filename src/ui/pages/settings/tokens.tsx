/** Tokens for scripts and devices, and the logins there are. A token is shown once. */
import { useState } from 'preact/hooks';
import { date, dateTime } from '../../format.js';
import { ask, type Problem } from '../../http.js';
import { t } from '../../i18n.js';
import type { Page, Token } from '../../model.js';
import { Button } from '../../parts/button.js';
import { CopyLine } from '../../parts/copyLine.js';
import { sure } from '../../parts/dialog.js';
import { SelectField, TextField } from '../../parts/field.js';
import { Form, ProblemNote } from '../../parts/form.js';
import { Badge, Note, Panel, Waiting } from '../../parts/panel.js';
import { tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { session } from '../../session.js';
import { useStore } from '../../store.js';

export function Tokens() {
  const { value, problem, reload } = useResource<Page<Token>>('/api/v1/tokens?limit=500');
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  const live = value.items.filter(({ expired }) => !expired);
  return (
    <div class="two">
      <Panel title={t('settings.tokens')} note={t('tokens.note')}>
        <NewToken made={reload} />
        <TokenList items={live.filter(({ kind }) => kind === 'token')} changed={reload} />
      </Panel>
      <Panel title={t('tokens.logins')}>
        <TokenList items={live.filter(({ kind }) => kind === 'login')} changed={reload} />
      </Panel>
    </div>
  );
}

function TokenList({ items, changed }: { readonly items: readonly Token[]; readonly changed: () => void }) {
  if (items.length === 0) return <p class="hint">{t('state.none')}</p>;
  return (
    <ul>
      {items.map((one) => (
        <li key={one.id} class="card-row">
          <span class="grow">
            <b>{one.name || one.operator}</b>
            <span class="hint">
              {t('tokens.life', {
                role: t(`role.${one.role}`),
                created: dateTime(one.created),
                until: date(one.expires),
              })}
            </span>
          </span>
          {one.current ? <Badge tone="good">{t('tokens.this')}</Badge> : null}
          {one.current ? null : (
            <Button
              kind="quiet"
              icon="trash"
              label={`${t('tokens.revoke')} ${one.name || one.operator}`}
              onClick={() => revoke(one, changed)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

async function revoke({ id, name, operator }: Token, changed: () => void): Promise<void> {
  const text = t('tokens.revoke.sure', { name: name || operator });
  if (!(await sure({ title: t('tokens.revoke'), text, yes: t('tokens.revoke'), danger: true }))) return;
  tell(await ask('DELETE', `/api/v1/tokens/${id}`), t('state.deleted'));
  changed();
}

function NewToken({ made }: { readonly made: () => void }) {
  const mine = useStore(session);
  const role = 'role' in mine ? mine.role : 'viewer';
  const [draft, setDraft] = useState({ name: '', role: '', days: '90', scopes: '' });
  const [problem, setProblem] = useState<Problem>();
  const [secret, setSecret] = useState<string>();
  const save = async () => {
    const scopes = draft.scopes.split(/[\s,]+/).filter((one) => one !== '');
    const body = {
      name: draft.name,
      days: Number(draft.days),
      ...(draft.role === '' ? {} : { role: draft.role }),
      ...(scopes.length === 0 ? {} : { scopes }),
    };
    const answer = await ask<{ token: string }>('POST', '/api/v1/tokens', { body });
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    setSecret(answer.value.token);
    setDraft({ ...draft, name: '', scopes: '' });
    made();
  };
  return (
    <>
      <Form class="inline-form" problem={problem} submit={save}>
        <TextField
          label={t('person.name')}
          name="name"
          value={draft.name}
          onInput={(name) => setDraft({ ...draft, name })}
          required
        />
        <SelectField
          label={t('operators.role')}
          name="role"
          value={draft.role}
          onInput={(text) => setDraft({ ...draft, role: text })}
          options={[['', t(`role.${role}`)], ...lower(role).map((one) => [one, t(`role.${one}`)] as const)]}
        />
        <TextField
          label={t('tokens.days')}
          name="days"
          type="number"
          min={1}
          max={1_826}
          value={draft.days}
          onInput={(days) => setDraft({ ...draft, days })}
        />
        <TextField
          label={t('tokens.scopes')}
          hint={t('tokens.scopes.hint')}
          name="scopes"
          value={draft.scopes}
          onInput={(text) => setDraft({ ...draft, scopes: text })}
          autocomplete="off"
        />
        <Button type="submit" kind="primary">
          {t('action.add')}
        </Button>
        <ProblemNote />
      </Form>
      {secret === undefined ? null : (
        <Note tone="good">
          <p>{t('tokens.once')}</p>
          <CopyLine label={t('tokens.title')} text={secret} />
        </Note>
      )}
    </>
  );
}

const order: readonly Token['role'][] = ['administrator', 'operator', 'viewer', 'intercom'];

/** The roles below one's own; the last two stand beside each other. */
function lower(role: Token['role']): readonly Token['role'][] {
  return role === 'viewer' || role === 'intercom' ? [] : order.slice(order.indexOf(role) + 1);
}
