/** Who may pass where and when: access rights (doors with their hours) and the groups that share them. */
import { useEdit } from '../../edit.js';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { AccessRight, Group, Page, Schedule } from '../../model.js';
import { useAll } from '../../names.js';
import { Button } from '../../parts/button.js';
import { Choices } from '../../parts/choices.js';
import { EditForm } from '../../parts/editForm.js';
import { TextField } from '../../parts/field.js';
import { FieldError } from '../../parts/form.js';
import { Panel, Waiting } from '../../parts/panel.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { say, tell } from '../../parts/toast.js';
import { type Resource, useResource } from '../../resource.js';
import { may } from '../../session.js';
import { site } from '../../site.js';
import { useStore } from '../../store.js';

export function Rights() {
  const rights = useResource<Page<AccessRight>>('/api/v1/access-rights?limit=200');
  const groups = useResource<Page<Group>>('/api/v1/groups?limit=200');
  return (
    <div class="two">
      <List
        title={t('doors.rights')}
        none={t('right.none')}
        of={rights}
        add={() => ask('POST', '/api/v1/access-rights', { body: { name: t('right.new'), doors: [] } })}
        one={(right) => <RightEdit key={right.id} right={right} changed={rights.reload} />}
      />
      <List
        title={t('person.groups')}
        none={t('group.none')}
        of={groups}
        add={() => ask('POST', '/api/v1/groups', { body: { name: t('group.new'), accessRights: [] } })}
        one={(group) => <GroupEdit key={group.id} group={group} changed={groups.reload} />}
      />
    </div>
  );
}

interface ListProps<T> {
  readonly title: string;
  /** What to do while there is none. */
  readonly none: string;
  readonly of: Resource<Page<T>>;
  readonly add: () => ReturnType<typeof ask>;
  readonly one: (item: T) => preact.ComponentChild;
}

function List<T>({ title, none, of, add, one }: ListProps<T>) {
  const { value, problem, reload } = of;
  const addOne = async () => {
    tell(await add(), t('state.saved'));
    reload();
  };
  const button = may('operator') ? (
    <Button size="small" icon="plus" onClick={addOne}>
      {t('action.add')}
    </Button>
  ) : null;
  return (
    <Panel title={title} actions={button}>
      {value === undefined ? <Waiting problem={problem} reload={reload} /> : null}
      {value?.items.length === 0 ? <p class="hint">{none}</p> : null}
      <div class="stack">{value?.items.map(one)}</div>
    </Panel>
  );
}

function RightEdit({ right, changed }: { readonly right: AccessRight; readonly changed: () => void }) {
  const path = `/api/v1/access-rights/${encodeURIComponent(right.id)}`;
  const saved = () => {
    say(t('state.saved'));
    changed();
  };
  const edit = useEdit<AccessRight>({
    path,
    value: right,
    etag: `"${right.revision}"`,
    fields: ['name', 'doors'],
    saved,
  });
  const schedules = useAll<Schedule>('schedules');
  const doors = useStore(site)?.doors ?? [];
  const { draft } = edit;
  const choose = (door: string, schedule: string) => {
    const others = draft.doors.filter((one) => one.door !== door);
    edit.set({ doors: schedule === '' ? others : [...others, { door, schedule }] });
  };
  return (
    <div class="subpanel">
      <EditForm
        label={draft.name}
        edit={edit}
        nameOf={(field) => t(field === 'name' ? 'person.name' : 'nav.doors')}
        mayEdit={may('operator')}
        more={
          <RemoveButton bare path={path} name={right.name} etag={`"${right.revision}"`} removed={changed} />
        }
      >
        <TextField
          label={t('person.name')}
          name="name"
          value={draft.name}
          onInput={(name) => edit.set({ name })}
        />
        <ul class="right-doors">
          {doors.map(({ id, name }) => (
            <li key={id}>
              <span>{name}</span>
              <select
                aria-label={t('right.when', { door: name })}
                value={draft.doors.find(({ door }) => door === id)?.schedule ?? ''}
                onChange={(event) => choose(id, event.currentTarget.value)}
              >
                {[
                  ['', t('right.not')],
                  ['always', t('schedule.always')],
                  ...schedules.map((one) => [one.id, one.name]),
                ].map(([key, text]) => (
                  <option
                    key={key}
                    value={key}
                    selected={key === (draft.doors.find(({ door }) => door === id)?.schedule ?? '')}
                  >
                    {text}
                  </option>
                ))}
              </select>
            </li>
          ))}
        </ul>
        <FieldError name="doors" />
      </EditForm>
    </div>
  );
}

function GroupEdit({ group, changed }: { readonly group: Group; readonly changed: () => void }) {
  const path = `/api/v1/groups/${encodeURIComponent(group.id)}`;
  const saved = () => {
    say(t('state.saved'));
    changed();
  };
  const edit = useEdit<Group>({
    path,
    value: group,
    etag: `"${group.revision}"`,
    fields: ['name', 'accessRights'],
    saved,
  });
  const rights = useAll<AccessRight>('access-rights');
  return (
    <div class="subpanel">
      <EditForm
        label={edit.draft.name}
        edit={edit}
        nameOf={(field) => t(field === 'name' ? 'person.name' : 'doors.rights')}
        mayEdit={may('operator')}
        more={
          <RemoveButton bare path={path} name={group.name} etag={`"${group.revision}"`} removed={changed} />
        }
      >
        <TextField
          label={t('person.name')}
          name="name"
          value={edit.draft.name}
          onInput={(name) => edit.set({ name })}
        />
        <Choices
          legend={t('doors.rights')}
          name="accessRights"
          all={rights}
          chosen={edit.draft.accessRights}
          change={(accessRights) => edit.set({ accessRights })}
        />
      </EditForm>
    </div>
  );
}
