/** The rows on the screen and nothing else: a million rows scroll in the memory of a few hundred. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Sentence, toneOf } from '../../events/sentence.js';
import { clockSeconds, date } from '../../format.js';
import { t } from '../../i18n.js';
import type { Event } from '../../model.js';
import type { LogWindow } from './logWindow.js';

/** Heights of a row: in one line, and on a phone its sentence in two with the time below. */
const linePx = 40;
const tallPx = 62;
const phone = matchMedia('(max-width: 700px)');
/** Browsers refuse taller elements; a longer log is scrolled in proportion. */
const heightMaxPx = 12_000_000;
const spare = 12;

interface Props {
  readonly window: LogWindow;
  readonly open: (event: Event) => void;
  readonly openSeq: number | undefined;
  /** Told whether the newest row is in sight. */
  readonly atTop: (yes: boolean) => void;
}

export function LogList({ window: rows, open, openSeq, atTop }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const rowPx = useMatch(phone) ? tallPx : linePx;
  const viewPx = box.current?.clientHeight ?? 600;
  const fullPx = rows.count * rowPx;
  const heightPx = Math.min(fullPx, heightMaxPx);
  // Where a tall log is squeezed, the place within it is found in proportion.
  const scale = heightPx <= viewPx ? 1 : (fullPx - viewPx) / Math.max(1, heightPx - viewPx);
  const offsetPx = top * scale;
  const first = Math.max(0, Math.floor(offsetPx / rowPx) - spare);
  const last = Math.min(rows.count - 1, Math.ceil((offsetPx + viewPx) / rowPx) + spare);
  useEffect(() => rows.show(first, last), [rows, first, last]);
  useEffect(() => atTop(top < rowPx), [top < rowPx]);
  const places = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const move = (to: number) => {
    const wanted = Math.min(rows.count - 1, Math.max(0, to));
    setActive(wanted);
    const element = box.current;
    if (element === null) return;
    const from = wanted * rowPx;
    if (from < offsetPx) element.scrollTop = from / scale;
    if (from + rowPx > offsetPx + viewPx) element.scrollTop = (from + rowPx - viewPx) / scale;
  };
  return (
    <div
      ref={box}
      class="log-box"
      role="listbox"
      tabIndex={0}
      aria-label={t('nav.log')}
      aria-activedescendant={rows.row(active) === undefined ? undefined : `log-${active}`}
      data-pages={rows.pagesHeld}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={(event) =>
        keys(event, { active, move, page: Math.floor(viewPx / rowPx), open: () => openAt(active) })
      }
    >
      <div class="log-height" style={{ height: `${heightPx}px` }}>
        {places.map((index) => (
          <LogRow
            key={index}
            index={index}
            count={rows.count}
            event={rows.row(index)}
            topPx={index * rowPx - offsetPx + top}
            active={index === active}
            opened={openSeq !== undefined && rows.row(index)?.seq === openSeq}
            open={() => openAt(index)}
          />
        ))}
      </div>
    </div>
  );
  function openAt(index: number): void {
    setActive(index);
    const event = rows.row(index);
    if (event !== undefined) open(event);
  }
}

/** Does the screen match, now and after it was turned? */
function useMatch(query: MediaQueryList): boolean {
  const [matches, setMatches] = useState(query.matches);
  useEffect(() => {
    const changed = () => setMatches(query.matches);
    query.addEventListener('change', changed);
    changed();
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return matches;
}

interface Moves {
  readonly active: number;
  readonly page: number;
  move(to: number): void;
  open(): void;
}

function keys(event: KeyboardEvent, { active, page, move, open }: Moves): void {
  const to: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(active + 1),
    ArrowUp: () => move(active - 1),
    PageDown: () => move(active + page),
    PageUp: () => move(active - page),
    Home: () => move(0),
    End: () => move(Number.MAX_SAFE_INTEGER),
    Enter: open,
    ' ': open,
  };
  const act = to[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

interface RowProps {
  readonly index: number;
  readonly count: number;
  readonly event: Event | undefined;
  readonly topPx: number;
  readonly active: boolean;
  readonly opened: boolean;
  readonly open: () => void;
}

function LogRow({ index, count, event, topPx, active, opened, open }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box has the focus and opens rows by keyboard
    // biome-ignore lint/a11y/useFocusableInteractive: the list box says which row is active
    <div
      id={`log-${index}`}
      class={`log-row row ${event === undefined ? '' : toneOf(event)}`}
      role="option"
      aria-selected={opened}
      aria-setsize={count}
      aria-posinset={index + 1}
      data-active={active || undefined}
      data-seq={event?.seq}
      style={{ transform: `translateY(${topPx}px)` }}
      onClick={open}
    >
      {event === undefined ? (
        <span class="hint">…</span>
      ) : (
        <>
          <time dateTime={event.at}>
            <span class="day">{date(event.at)}</span> {clockSeconds(event.at)}
          </time>
          <span class="dot" />
          <p>
            <Sentence event={event} plain />
          </p>
          <span class="seq">{event.seq}</span>
        </>
      )}
    </div>
  );
}
