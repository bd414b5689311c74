/** What few doors need: two people together, a lock that waits for the leaf, what an alarm sets going. */
import type { Edit } from '../../edit.js';
import { t } from '../../i18n.js';
import type { Door, Group, Schedule, TwoPersons } from '../../model.js';
import { useAll } from '../../names.js';
import { ActionList, actionKinds } from '../../parts/actionList.js';
import { Choices } from '../../parts/choices.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { FieldError } from '../../parts/form.js';

interface Part {
  readonly edit: Edit<Door>;
}

/** The alarm of a door calls no URL of its own: hooks tell of it. */
const kinds = actionKinds.filter((kind) => kind !== 'url');

/** What ends the time after a grant, besides a command. */
export function Relocking({ edit: { draft, set } }: Part) {
  return (
    <>
      <CheckField
        label={t('doors.field.autoLockOff')}
        hint={t('doors.autoLockOff.hint')}
        name="autoLockOff"
        checked={draft.autoLockOff === true}
        onInput={(on) => set({ autoLockOff: on ? true : undefined })}
      />
      <CheckField
        label={t('doors.field.relockOnClose')}
        name="relockOnClose"
        checked={draft.relockOnClose}
        onInput={(relockOnClose) => set({ relockOnClose })}
      />
    </>
  );
}

/** Without a contact nobody knows how the leaf stands. */
export function DoorAlarms({ edit: { draft, set } }: Part) {
  if (!draft.hasContact) return <p class="hint">{t('doors.nocontact')}</p>;
  return (
    <>
      <CheckField
        label={t('doors.field.locksWhenClosed')}
        hint={t('doors.locksWhenClosed.hint')}
        name="locksWhenClosed"
        checked={draft.locksWhenClosed === true}
        onInput={(on) => set({ locksWhenClosed: on ? true : undefined })}
      />
      {(['forcedActions', 'heldActions'] as const).map((name) => (
        <ActionList
          key={name}
          legend={t(`doors.field.${name}`)}
          name={name}
          kinds={kinds}
          actions={draft[name] ?? []}
          change={(actions) => set({ [name]: actions.length === 0 ? undefined : actions })}
        />
      ))}
    </>
  );
}

const usual: TwoPersons = { side: 'entry', schedule: 'always', withinSeconds: 15 };

export function TwoPersonsFields({ edit }: Part) {
  const rule = edit.draft.twoPersons;
  const put = (change: Partial<TwoPersons> | undefined) => {
    const { lastInGroups = [], ...rest } = { ...usual, ...rule, ...change };
    const twoPersons = lastInGroups.length === 0 ? rest : { ...rest, lastInGroups };
    edit.set({ twoPersons: change === undefined ? undefined : twoPersons });
  };
  return (
    <fieldset class="form">
      <SelectField
        label={t('doors.field.twoPersons')}
        hint={t('doors.two.hint')}
        name="twoPersons.side"
        value={rule?.side ?? ''}
        onInput={(side) => put(side === '' ? undefined : { side: side as TwoPersons['side'] })}
        options={[
          ['', t('doors.two.no')],
          ...(['entry', 'exit', 'both'] as const).map((side) => [side, t(`doors.two.${side}`)] as const),
        ]}
      />
      {rule === undefined ? null : <Together rule={rule} put={put} />}
      <FieldError name="twoPersons" alone />
    </fieldset>
  );
}

interface TogetherProps {
  readonly rule: TwoPersons;
  readonly put: (change: Partial<TwoPersons>) => void;
}

function Together({ rule, put }: TogetherProps) {
  const schedules = useAll<Schedule>('schedules');
  const groups = useAll<Group>('groups');
  return (
    <>
      <div class="pair">
        <SelectField
          label={t('doors.two.schedule')}
          name="twoPersons.schedule"
          value={rule.schedule}
          onInput={(schedule) => put({ schedule })}
          options={[
            ['always', t('schedule.always')],
            ...schedules.map(({ id, name }) => [id, name] as const),
          ]}
        />
        <TextField
          label={t('doors.two.within')}
          name="twoPersons.withinSeconds"
          type="number"
          min={1}
          max={300}
          value={String(rule.withinSeconds)}
          onInput={(text) => put({ withinSeconds: Number(text) })}
          required
        />
      </div>
      <Choices
        legend={t('doors.two.last')}
        hint={t('doors.two.last.hint')}
        name="twoPersons.lastInGroups"
        all={groups}
        chosen={rule.lastInGroups ?? []}
        change={(chosen) => put({ lastInGroups: chosen })}
      />
    </>
  );
}
