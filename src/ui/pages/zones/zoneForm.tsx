/** The rules of a zone: whom it judges, how, for how long, and what a violation sets going. */
import { useEdit } from '../../edit.js';
import { t } from '../../i18n.js';
import type { MessageKey } from '../../messages/en.js';
import type { Group } from '../../model.js';
import { useAll } from '../../names.js';
import { ActionList, actionKinds } from '../../parts/actionList.js';
import { Choices } from '../../parts/choices.js';
import { EditForm } from '../../parts/editForm.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { FieldError } from '../../parts/form.js';
import { say } from '../../parts/toast.js';
import { may } from '../../session.js';
import { reloadZones, zones } from '../../site.js';
import { useStore } from '../../store.js';
import { minuteText, parseDay } from '../../week.js';
import type { Zone } from '../../zoneModel.js';
import { optional, type Part, ZoneFiner } from './zoneFiner.js';
import { ZoneMembers } from './zoneMembers.js';

const fields = [
  'name',
  'type',
  'rule',
  'check',
  'disabled',
  'resetSeconds',
  'dailyReset',
  'members',
  'bypassGroups',
  'inside',
  'occupancy',
  'actions',
  'bypassUsers',
  'timedAt',
  'startAtFirst',
  'passback',
  'tailgate',
  'requireEntry',
  'trackWhileDisabled',
  'resetEveryMinutes',
  'counts',
  'musterReaders',
  'vehicles',
  'owner',
  'ownerLost',
] as const;

function nameOf(field: string): string {
  return t(`zones.field.${field}` as MessageKey);
}

export function ZoneForm({ path, value, etag }: { path: string; value: Zone; etag: string | undefined }) {
  const saved = () => {
    say(t('state.saved'));
    void reloadZones();
  };
  const edit = useEdit<Zone>({ path, value, etag, fields, saved });
  const { draft, set } = edit;
  const groups = useAll<Group>('groups');
  return (
    <EditForm label={t('zones.rules')} edit={edit} nameOf={nameOf} mayEdit={may('administrator')}>
      <TextField
        label={nameOf('name')}
        name="name"
        value={draft.name}
        onInput={(name) => set({ name })}
        maxLength={48}
        required
      />
      <CheckField
        label={t('zones.enabled')}
        name="disabled"
        checked={!draft.disabled}
        onInput={(enabled) => set({ disabled: !enabled })}
      />
      <Kinds edit={edit} />
      <Times edit={edit} />
      <ZoneMembers draft={draft} change={(members) => set({ members })} />
      <Choices
        legend={nameOf('bypassGroups')}
        name="bypassGroups"
        all={groups}
        chosen={draft.bypassGroups}
        change={(bypassGroups) => set({ bypassGroups })}
      />
      <Limits edit={edit} />
      <ActionList
        legend={nameOf('actions')}
        name="actions"
        kinds={actionKinds}
        actions={draft.actions ?? []}
        change={(actions) => set({ actions })}
      />
      <ZoneFiner edit={edit} />
    </EditForm>
  );
}

function Kinds({ edit: { draft, set } }: Part) {
  const others = useStore(zones).filter(({ id }) => id !== draft.id);
  const choice = <N extends string>(name: N, keys: readonly string[]) =>
    keys.map((key) => [key, t(`zones.${name}.${key}` as MessageKey)] as const);
  return (
    <div class="pair">
      <SelectField
        label={nameOf('type')}
        name="type"
        value={draft.type}
        onInput={(text) => set({ type: text as Zone['type'] })}
        options={choice('type', ['soft', 'hard', 'hard-everywhere', 'trap'])}
      />
      <SelectField
        label={nameOf('rule')}
        name="rule"
        value={draft.rule ?? 'alternate'}
        onInput={(text) => set(optional('rule', text, 'alternate'))}
        options={choice('rule', ['alternate', 'timed', 'route'])}
      />
      <SelectField
        label={nameOf('check')}
        name="check"
        value={draft.check ?? 'both'}
        onInput={(text) => set(optional('check', text, 'both'))}
        options={choice('check', ['both', 'entries', 'exits'])}
      />
      <SelectField
        label={nameOf('inside')}
        name="inside"
        value={String(draft.inside ?? '')}
        onInput={(text) => set({ inside: text === '' ? undefined : Number(text) } as Partial<Zone>)}
        options={[['', t('state.none')], ...others.map(({ id, name }) => [String(id), name] as const)]}
      />
    </div>
  );
}

function Times({ edit: { draft, set } }: Part) {
  const { dailyReset } = draft;
  const daily = (text: string) => {
    const minute = parseDay(`${text}-24:00`)?.[0]?.fromMinute;
    set({
      dailyReset: minute === undefined ? undefined : { to: 'unknown', ...dailyReset, minute },
    } as Partial<Zone>);
  };
  return (
    <div class="pair">
      <TextField
        label={nameOf('resetSeconds')}
        hint={t('zones.reset.hint')}
        name="resetSeconds"
        type="number"
        min={0}
        max={71_582_788}
        step="any"
        value={String(draft.resetSeconds / 60)}
        onInput={(text) => set({ resetSeconds: Math.round(Number(text) * 60) })}
      />
      <TextField
        label={nameOf('dailyReset')}
        hint={t('zones.daily.hint')}
        name="dailyReset"
        type="time"
        value={dailyReset === undefined ? '' : minuteText(dailyReset.minute)}
        onInput={daily}
      />
    </div>
  );
}

function Limits({ edit: { draft, set } }: Part) {
  const occupancy = draft.occupancy ?? {};
  const change = (more: object) => {
    const merged = Object.entries({ ...occupancy, ...more }).filter(([, value]) => value !== undefined);
    set({ occupancy: merged.length === 0 ? undefined : Object.fromEntries(merged) } as Partial<Zone>);
  };
  const { max, supervisorFirst } = occupancy;
  return (
    <>
      <div class="pair">
        <TextField
          label={t('zones.max')}
          hint={t('zones.max.hint')}
          name="occupancy.max.count"
          type="number"
          min={1}
          max={1_000_000}
          value={String(max?.count ?? '')}
          onInput={(text) =>
            change({ max: text === '' ? undefined : { severity: 'hard', ...max, count: Number(text) } })
          }
        />
        <SelectField
          label={t('zones.severity')}
          name="occupancy.max.severity"
          value={max?.severity ?? 'hard'}
          disabled={max === undefined}
          onInput={(severity) => change({ max: { ...max, severity } })}
          options={[
            ['hard', t('zones.type.hard')],
            ['soft', t('zones.type.soft')],
          ]}
        />
        <SelectField
          label={t('zones.supervisor')}
          name="occupancy.supervisorFirst"
          value={supervisorFirst ?? ''}
          onInput={(text) => change({ supervisorFirst: text === '' ? undefined : text })}
          options={[
            ['', t('state.no')],
            ['hard', t('zones.type.hard')],
            ['soft', t('zones.type.soft')],
          ]}
        />
      </div>
      <FieldError name="occupancy" alone />
    </>
  );
}
