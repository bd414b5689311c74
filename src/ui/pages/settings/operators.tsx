/** Who logs in to manage, and as what. */
import { useState } from 'preact/hooks';
import { ask, type Problem } from '../../http.js';
import { t } from '../../i18n.js';
import type { Operator, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog, sure } from '../../parts/dialog.js';
import { CheckField, ProblemNote, SelectField, TextField } from '../../parts/field.js';
import { Badge, Panel, Waiting } from '../../parts/panel.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';

const roles = ['administrator', 'operator', 'viewer', 'intercom'] as const;

export function Operators() {
  const { value, problem, reload } = useResource<Page<Operator>>('/api/v1/operators?limit=200');
  const [open, setOpen] = useState<Operator | 'new'>();
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  const close = () => {
    setOpen(undefined);
    reload();
  };
  const add = (
    <Button size="small" icon="plus" onClick={() => setOpen('new')}>
      {t('action.add')}
    </Button>
  );
  return (
    <Panel title={t('settings.operators')} note={t('operators.note')} actions={add} class="narrow">
      <ul>
        {value.items.map((one) => (
          <li key={one.id} class="card-row">
            <span class="grow">
              <b>{one.name}</b>
              <span class="hint">{one.id}</span>
            </span>
            {one.disabled ? <Badge tone="bad">{t('people.disabled')}</Badge> : null}
            <Badge tone="info">{t(`role.${one.role}`)}</Badge>
            {one.role === 'demo' ? null : (
              <Button
                kind="quiet"
                icon="edit"
                label={`${t('action.edit')} ${one.id}`}
                onClick={() => setOpen(one)}
              />
            )}
          </li>
        ))}
      </ul>
      {open === undefined ? null : (
        <OperatorForm operator={open === 'new' ? undefined : open} close={close} />
      )}
    </Panel>
  );
}

interface Draft {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly disabled: boolean;
  readonly password: string;
}

function OperatorForm({
  operator,
  close,
}: {
  readonly operator: Operator | undefined;
  readonly close: () => void;
}) {
  const [draft, setDraft] = useState<Draft>({
    id: '',
    name: '',
    role: 'operator',
    disabled: false,
    ...operator,
    password: '',
  });
  const [problem, setProblem] = useState<Problem>();
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const save = async () => {
    const answer = await store(draft, operator);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    say(t('state.saved'));
    close();
  };
  return (
    <Dialog title={operator?.name ?? t('operators.new')} onClose={close}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={t('first.name')}
          hint={t('first.name.hint')}
          name="id"
          value={draft.id}
          disabled={operator !== undefined}
          onInput={(id) => set({ id })}
          problem={problem}
          autocomplete="off"
          required
        />
        <TextField
          label={t('person.name')}
          name="name"
          value={draft.name}
          onInput={(name) => set({ name })}
          problem={problem}
          required
        />
        <SelectField
          label={t('operators.role')}
          hint={t('operators.role.hint')}
          name="role"
          value={draft.role}
          onInput={(role) => set({ role })}
          options={roles.map((role) => [role, t(`role.${role}`)])}
          problem={problem}
        />
        <TextField
          label={t('first.password')}
          hint={operator === undefined ? t('first.password.hint') : t('operators.password.hint')}
          name="password"
          type="password"
          autocomplete="new-password"
          value={draft.password}
          onInput={(password) => set({ password })}
          problem={problem}
          required={operator === undefined}
        />
        <CheckField
          label={t('operators.disabled')}
          checked={draft.disabled}
          onInput={(disabled) => set({ disabled })}
        />
        <ProblemNote problem={problem} />
        <footer class="actions">
          {operator === undefined ? null : <Remove operator={operator} close={close} />}
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button type="submit" kind="primary">
            {t('action.save')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function store({ id, password, ...rest }: Draft, operator: Operator | undefined) {
  const { name, role, disabled } = rest;
  const body = { name, role, disabled, ...(password === '' ? {} : { password }) };
  if (operator === undefined) return ask('POST', '/api/v1/operators', { body: { id, ...body } });
  return ask('PATCH', `/api/v1/operators/${encodeURIComponent(id)}`, {
    body,
    etag: `"${operator.revision}"`,
  });
}

function Remove({ operator, close }: { readonly operator: Operator; readonly close: () => void }) {
  const remove = async () => {
    const question = {
      title: t('action.delete'),
      text: t('thing.delete', { name: operator.name }),
      yes: t('action.delete'),
      danger: true,
    };
    if (!(await sure(question))) return;
    const path = `/api/v1/operators/${encodeURIComponent(operator.id)}`;
    if (tell(await ask('DELETE', path, { etag: `"${operator.revision}"` }), t('state.deleted'))) close();
  };
  return (
    <Button kind="danger" icon="trash" onClick={remove}>
      {t('action.delete')}
    </Button>
  );
}
