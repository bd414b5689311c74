/** A week to paint: by mouse, finger or keyboard, and exactly in words beneath. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../../i18n.js';
import { covered, dayText, minuteText, paint, parseDay, type Window } from '../../week.js';
import { dayName } from './dayName.js';

type Week = readonly (readonly Window[])[];

const slotMinutes = 30;
const slots = Array.from({ length: 48 }, (_, index) => index * slotMinutes);

interface Props {
  readonly week: Week;
  readonly disabled: boolean;
  readonly change: (week: Week) => void;
}

export function WeekPaint({ week, disabled, change }: Props) {
  return (
    <>
      <WeekGrid week={week} disabled={disabled} change={change} />
      <p class="hint">{t('week.hint')}</p>
      <div class="week-days">
        {week.map((windows, day) => (
          <DayField
            key={dayName(day)}
            label={dayName(day)}
            windows={windows}
            disabled={disabled}
            change={(wanted) => change(week.map((one, index) => (index === day ? wanted : one)))}
          />
        ))}
      </div>
    </>
  );
}

function WeekGrid({ week, disabled, change }: Props) {
  const { grid, at, isOn, begin, goOn, key } = usePainting({ week, disabled, change });
  return (
    <div class="week-scroll">
      <table
        ref={grid}
        class="week"
        role="grid"
        aria-label={t('week.grid')}
        onKeyDown={key}
        onPointerDown={begin}
        onPointerMove={goOn}
      >
        <WeekHours />
        <tbody>
          {week.map((windows, day) => (
            <tr key={dayName(day)}>
              <th scope="row">{dayName(day, 'short')}</th>
              {slots.map((from, slot) => (
                <td
                  role="gridcell"
                  key={from}
                  class={`slot ${covered(windows, from, from + slotMinutes)}`}
                  tabIndex={at.day === day && at.slot === slot ? 0 : -1}
                  aria-selected={isOn(day, slot)}
                  aria-label={`${dayName(day)} ${minuteText(from)}`}
                  data-day={day}
                  data-slot={slot}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The hands on the grid: what pointer and keys do to the week. */
function usePainting({ week, disabled, change }: Props) {
  const [at, setAt] = useState({ day: 0, slot: 16 });
  const grid = useRef<HTMLTableElement>(null);
  /** Painting in or rubbing out, as the first touched slot was. */
  const brush = useRef<boolean | undefined>(undefined);
  const put = (day: number, slot: number, on: boolean) => {
    if (disabled) return;
    const from = slot * slotMinutes;
    change(
      week.map((windows, index) => (index === day ? paint(windows, from, from + slotMinutes, on) : windows)),
    );
  };
  const isOn = (day: number, slot: number) =>
    covered(week[day] ?? [], slot * slotMinutes, (slot + 1) * slotMinutes) === 'all';
  const touch = (event: PointerEvent) => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-slot]');
    if (cell === null || cell === undefined || !grid.current?.contains(cell)) return;
    const [day, slot] = [Number(cell.dataset['day']), Number(cell.dataset['slot'])];
    brush.current ??= !isOn(day, slot);
    put(day, slot, brush.current);
  };
  const key = (event: KeyboardEvent) => {
    const next = movedBy(event.key, at);
    if (event.key !== ' ' && event.key !== 'Enter' && next === undefined) return;
    event.preventDefault();
    if (next === undefined) return put(at.day, at.slot, !isOn(at.day, at.slot));
    // With Shift, what is passed over becomes as the slot one came from.
    if (event.shiftKey) put(next.day, next.slot, isOn(at.day, at.slot));
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-day="${next.day}"][data-slot="${next.slot}"]`)?.focus();
  };
  const begin = (event: PointerEvent) => {
    brush.current = undefined;
    touch(event);
  };
  const goOn = (event: PointerEvent) => {
    if (event.buttons === 1 && brush.current !== undefined) touch(event);
  };
  return { grid, at, isOn, begin, goOn, key };
}

function WeekHours() {
  return (
    <thead>
      <tr>
        <th scope="col">
          <span class="hidden">{t('week.day')}</span>
        </th>
        {[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => (
          <th key={hour} scope="colgroup" colSpan={6}>
            {hour}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface Place {
  readonly day: number;
  readonly slot: number;
}

function movedBy(key: string, { day, slot }: Place): Place | undefined {
  const to: Readonly<Record<string, Place>> = {
    ArrowLeft: { day, slot: Math.max(0, slot - 1) },
    ArrowRight: { day, slot: Math.min(slots.length - 1, slot + 1) },
    ArrowUp: { day: Math.max(0, day - 1), slot },
    ArrowDown: { day: Math.min(6, day + 1), slot },
    Home: { day, slot: 0 },
    End: { day, slot: slots.length - 1 },
  };
  return to[key];
}

interface DayProps {
  readonly label: string;
  readonly windows: readonly Window[];
  readonly disabled: boolean;
  readonly change: (windows: readonly Window[]) => void;
}

/** The same day in words, to the minute. */
export function DayField({ label, windows, disabled, change }: DayProps) {
  const [text, setText] = useState<string>();
  const wrong = text !== undefined && parseDay(text) === undefined;
  const type = (typed: string) => {
    setText(typed);
    const parsed = parseDay(typed);
    if (parsed !== undefined) change(parsed);
  };
  return (
    <label class={`day-field ${wrong ? 'wrong' : ''}`}>
      <span>{label}</span>
      <input
        value={text ?? dayText(windows)}
        disabled={disabled}
        aria-invalid={wrong || undefined}
        placeholder={t('week.closed')}
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={() => setText(wrong ? text : undefined)}
      />
    </label>
  );
}
