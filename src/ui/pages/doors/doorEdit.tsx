/** The behaviour of one door. */
import { type Edit, useEdit } from '../../edit.js';
import { t } from '../../i18n.js';
import type { MessageKey } from '../../messages/en.js';
import type { Door, Schedule, WiringInfo } from '../../model.js';
import { useAll } from '../../names.js';
import { EditForm } from '../../parts/editForm.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { Link } from '../../parts/link.js';
import { Note, Panel, ViewHead, Waiting } from '../../parts/panel.js';
import { say } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { doorName } from '../../site.js';
import { DoorAlarms, Relocking, TwoPersonsFields } from './doorRules.js';

const times = ['unlockMs', 'extendedUnlockMs', 'heldOpenMs', 'extendedHeldOpenMs', 'rexUnlockMs'] as const;
/** A release lasts at least so long (IEC 60839-11-1). */
const releaseMinSeconds = 3;
const fields = [
  'name',
  ...times,
  'autoLockOff',
  'relockOnClose',
  'passageCounts',
  'onStorageFailure',
  'unlockOnFire',
  'holdOpenSchedule',
  'twoPersons',
  'locksWhenClosed',
  'forcedActions',
  'heldActions',
] as const;

export function DoorEdit({ id }: { readonly id: string }) {
  const path = `/api/v1/doors/${encodeURIComponent(id)}`;
  const { value, etag, problem, reload } = useResource<Door>(path);
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  return (
    <>
      <ViewHead title={value.name} note={<Link to="/doors">{t('nav.doors')}</Link>} />
      <Interlocked door={id} />
      <Panel title={t('doors.behaviour')} class="narrow">
        <DoorForm path={path} value={value} etag={etag} />
      </Panel>
    </>
  );
}

/** The other doors that must be closed while this one opens. */
function Interlocked({ door }: { readonly door: string }) {
  const locks = useResource<WiringInfo>('/api/v1/wiring').value?.interlocks ?? [];
  const others = locks.filter(({ doors }) => doors.includes(door)).flatMap(({ doors }) => doors);
  const names = [...new Set(others)].filter((one) => one !== door).map(doorName);
  if (names.length === 0) return null;
  return <Note tone="info">{t('doors.interlocked', { doors: names.join(', ') })}</Note>;
}

function nameOf(field: string): string {
  return t(`doors.field.${field}` as MessageKey);
}

function DoorForm({ path, value, etag }: { path: string; value: Door; etag: string | undefined }) {
  const edit = useEdit<Door>({ path, value, etag, fields, saved: () => say(t('state.saved')) });
  const { draft, set } = edit;
  return (
    <EditForm label={t('doors.behaviour')} edit={edit} nameOf={nameOf} mayEdit={may('administrator')}>
      <TextField
        label={nameOf('name')}
        name="name"
        value={draft.name}
        onInput={(name) => set({ name })}
        maxLength={128}
        required
      />
      <div class="pair">
        {times.map((field) => (
          <TextField
            key={field}
            label={nameOf(field)}
            hint={t('doors.seconds')}
            name={field}
            type="number"
            min={field === 'heldOpenMs' || field === 'extendedHeldOpenMs' ? 1 : releaseMinSeconds}
            max={86_400}
            step="any"
            value={String(draft[field] / 1_000)}
            onInput={(text) => set({ [field]: Math.round(Number(text) * 1_000) })}
            required
          />
        ))}
        <HoldOpen edit={edit} />
      </div>
      <Relocking edit={edit} />
      <CheckField
        label={nameOf('unlockOnFire')}
        name="unlockOnFire"
        checked={draft.unlockOnFire}
        onInput={(unlockOnFire) => set({ unlockOnFire })}
      />
      <SelectField
        label={nameOf('passageCounts')}
        name="passageCounts"
        value={draft.passageCounts}
        onInput={(text) => set({ passageCounts: text === 'at-grant' ? 'at-grant' : 'at-opening' })}
        options={[
          ['at-opening', t('doors.counts.at-opening')],
          ['at-grant', t('doors.counts.at-grant')],
        ]}
      />
      <SelectField
        label={nameOf('onStorageFailure')}
        hint={t('doors.failure.hint')}
        name="onStorageFailure"
        value={draft.onStorageFailure}
        onInput={(text) => set({ onStorageFailure: text === 'deny' ? 'deny' : 'grant-degraded' })}
        options={[
          ['deny', t('doors.failure.deny')],
          ['grant-degraded', t('doors.failure.grant-degraded')],
        ]}
      />
      <TwoPersonsFields edit={edit} />
      <DoorAlarms edit={edit} />
    </EditForm>
  );
}

function HoldOpen({ edit }: { readonly edit: Edit<Door> }) {
  const schedules = useAll<Schedule>('schedules');
  const set = (text: string) =>
    edit.set({ holdOpenSchedule: text === '' ? undefined : text } as Partial<Door>);
  return (
    <SelectField
      label={nameOf('holdOpenSchedule')}
      hint={t('doors.hold.hint')}
      name="holdOpenSchedule"
      value={edit.draft.holdOpenSchedule ?? ''}
      onInput={set}
      options={[
        ['', t('doors.hold.never')],
        ...schedules.map(({ id, name }) => [id, name] as const),
        ['always', t('schedule.always')],
      ]}
    />
  );
}
