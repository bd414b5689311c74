/** Who logs in to manage, and as what. */
import { useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Operator, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { Badge, Panel, Waiting } from '../../parts/panel.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
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
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const sending = useSending(() => store(draft, operator), close);
  return (
    <Dialog title={operator?.name ?? t('operators.new')} onClose={close}>
      <SaveForm
        sending={sending}
        cancel={close}
        more={
          operator === undefined ? null : (
            <RemoveButton
              path={`/api/v1/operators/${encodeURIComponent(operator.id)}`}
              name={operator.name}
              etag={`"${operator.revision}"`}
              removed={close}
            />
          )
        }
      >
        <TextField
          label={t('first.name')}
          hint={t('first.name.hint')}
          name="id"
          value={draft.id}
          disabled={operator !== undefined}
          onInput={(id) => set({ id })}
          autocomplete="off"
          required
        />
        <TextField
          label={t('person.name')}
          name="name"
          value={draft.name}
          onInput={(name) => set({ name })}
          required
        />
        <SelectField
          label={t('operators.role')}
          hint={t('operators.role.hint')}
          name="role"
          value={draft.role}
          onInput={(role) => set({ role })}
          options={roles.map((role) => [role, t(`role.${role}`)])}
        />
        <TextField
          label={t('first.password')}
          hint={operator === undefined ? t('first.password.hint') : t('operators.password.hint')}
          name="password"
          type="password"
          autocomplete="new-password"
          value={draft.password}
          onInput={(password) => set({ password })}
          required={operator === undefined}
        />
        <CheckField
          label={t('operators.disabled')}
          name="disabled"
          checked={draft.disabled}
          onInput={(disabled) => set({ disabled })}
        />
      </SaveForm>
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
