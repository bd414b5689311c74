/** Schedules: weeks painted, with what holds on holidays. */
import { useState } from 'preact/hooks';
import { useEdit } from '../../edit.js';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Holiday, Page, Schedule } from '../../model.js';
import { useAll } from '../../names.js';
import { Button } from '../../parts/button.js';
import { EditForm } from '../../parts/editForm.js';
import { TextField } from '../../parts/field.js';
import { FieldError } from '../../parts/form.js';
import { Empty, Panel, Waiting } from '../../parts/panel.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { useQuery } from '../../router.js';
import { may } from '../../session.js';
import { DayField, WeekPaint } from './weekPaint.js';

export function Schedules() {
  const [query, setQuery] = useQuery();
  const { value, problem, reload } = useResource<Page<Schedule>>('/api/v1/schedules?limit=200');
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  const shown = value.items.find(({ id }) => id === query['id']) ?? value.items[0];
  const add = async () => {
    const answer = await ask<Schedule>('POST', '/api/v1/schedules', { body: officeHours() });
    if (!tell(answer, t('state.saved')) || !answer.ok) return;
    reload();
    setQuery({ id: answer.value.id });
  };
  return (
    <div class="split">
      <Panel
        title={t('doors.schedules')}
        actions={
          may('administrator') ? (
            <Button size="small" icon="plus" onClick={add}>
              {t('action.add')}
            </Button>
          ) : null
        }
      >
        <ul class="picks">
          {value.items.map(({ id, name }) => (
            <li key={id}>
              <button
                type="button"
                class="pick"
                aria-current={id === shown?.id ? 'true' : undefined}
                onClick={() => setQuery({ id })}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      {shown === undefined ? (
        <Panel>
          <Empty icon="now" title={t('schedule.none')} />
        </Panel>
      ) : (
        <ScheduleEdit key={shown.id} schedule={shown} changed={reload} />
      )}
    </div>
  );
}

function officeHours() {
  const day = [{ fromMinute: 480, toMinute: 1_080 }];
  return { name: t('schedule.new'), week: [day, day, day, day, day, [], []] };
}

const fields = ['name', 'week', 'holidays', 'dates'] as const;

function nameOf(field: string): string {
  if (field === 'name') return t('schedule.name');
  if (field === 'dates') return t('schedule.dates');
  return t(field === 'week' ? 'week.grid' : 'doors.holidays');
}

function ScheduleEdit({ schedule, changed }: { readonly schedule: Schedule; readonly changed: () => void }) {
  const path = `/api/v1/schedules/${encodeURIComponent(schedule.id)}`;
  const saved = () => {
    say(t('state.saved'));
    changed();
  };
  const edit = useEdit<Schedule>({ path, value: schedule, etag: `"${schedule.revision}"`, fields, saved });
  return (
    <Panel title={edit.draft.name}>
      <EditForm
        label={edit.draft.name}
        edit={edit}
        nameOf={nameOf}
        mayEdit={may('administrator')}
        more={
          <RemoveButton
            path={path}
            name={schedule.name}
            etag={`"${schedule.revision}"`}
            text={t('schedule.delete', { name: schedule.name })}
            removed={changed}
          />
        }
      >
        <TextField
          label={t('schedule.name')}
          name="name"
          value={edit.draft.name}
          onInput={(name) => edit.set({ name })}
          required
        />
        <WeekPaint
          week={edit.draft.week}
          disabled={!may('administrator')}
          change={(week) => edit.set({ week })}
        />
        <FieldError name="week" />
        <OnHolidays holidays={edit.draft.holidays} change={(holidays) => edit.set({ holidays })} />
        <FieldError name="holidays" />
        <Dates dates={edit.draft.dates} change={(dates) => edit.set({ dates })} />
      </EditForm>
    </Panel>
  );
}

interface DatesProps {
  readonly dates: Schedule['dates'];
  readonly change: (dates: Schedule['dates']) => void;
}

/** The days between which it holds; none = on all. */
function Dates({ dates, change }: DatesProps) {
  const { from, until } = { from: '', until: '', ...dates };
  const set = (wanted: { readonly from: string; readonly until: string }) =>
    change(wanted.from === '' && wanted.until === '' ? undefined : wanted);
  return (
    <fieldset class="stack">
      <legend class="label">{t('schedule.dates')}</legend>
      <p class="hint">{t('schedule.dates.hint')}</p>
      <div class="pair">
        <TextField
          label={t('schedule.dates.from')}
          name="dates.from"
          type="date"
          value={from}
          onInput={(day) => set({ from: day, until })}
        />
        <TextField
          label={t('schedule.dates.until')}
          name="dates.until"
          type="date"
          value={until}
          onInput={(day) => set({ from, until: day })}
        />
      </div>
      <FieldError name="dates" />
    </fieldset>
  );
}

interface OnHolidaysProps {
  readonly holidays: Schedule['holidays'];
  readonly change: (holidays: Schedule['holidays']) => void;
}

/** The hours by kind of holiday; a kind that is not set keeps the weekday's. */
function OnHolidays({ holidays, change }: OnHolidaysProps) {
  const known = new Set([...useAll<Holiday>('holidays').map(({ kind }) => kind), ...Object.keys(holidays)]);
  const [kind, setKind] = useState('');
  if (known.size === 0) return <p class="hint">{t('schedule.noholidays')}</p>;
  const rest = [...known].filter((one) => !(one in holidays));
  return (
    <fieldset class="week-days">
      <legend class="label">{t('schedule.onholidays')}</legend>
      {Object.entries(holidays).map(([name, windows]) => (
        <DayField
          key={name}
          label={name}
          windows={windows}
          disabled={false}
          change={(wanted) => change({ ...holidays, [name]: wanted })}
        />
      ))}
      {rest.length === 0 ? null : (
        <div class="actions">
          <select
            aria-label={t('holiday.kind')}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value)}
          >
            {['', ...rest].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
          <Button size="small" disabled={kind === ''} onClick={() => change({ ...holidays, [kind]: [] })}>
            {t('action.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
