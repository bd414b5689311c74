/** Now: every door as it is, what happens, what needs somebody. */

import type { VNode } from 'preact';
import { nowMs } from '../clock.js';
import { EventAction } from '../events/actions.js';
import { Sentence, toneOf } from '../events/sentence.js';
import { clockSeconds, date, isoDay } from '../format.js';
import { t } from '../i18n.js';
import type { Event } from '../model.js';
import { Panel, ViewHead } from '../parts/panel.js';
import { latest, site } from '../site.js';
import { useStore } from '../store.js';
import { Alarms } from './now/alarms.js';
import { DoorCards } from './now/doorCards.js';
import { Health } from './now/health.js';
import { Lockdown, LockedDown } from './now/lockdown.js';
import { MockSite } from './now/mockSite.js';

export function NowPage() {
  const here = useStore(site);
  return (
    <>
      <ViewHead title={t('now.title')} note={here?.name}>
        <Health />
        <Lockdown />
      </ViewHead>
      <LockedDown />
      <Alarms />
      <div class="now-grid">
        <div class="stack">
          <DoorCards />
          {here?.board === 'mock' ? <MockSite /> : null}
        </div>
        <Panel title={t('now.stream')} class="stream-panel">
          <Stream />
        </Panel>
      </div>
    </>
  );
}

function Stream() {
  const events = useStore(latest);
  const shown = events.filter((event) => !isNoise(event)).slice(0, 40);
  if (shown.length === 0) return <p class="hint">{t('now.stream.empty')}</p>;
  return (
    // A log for screen readers: what is added is spoken, without stealing the focus.
    <div role="log" aria-live="polite" aria-relevant="additions" aria-label={t('now.stream')}>
      <ol class="stream">{shown.map(rowOf)}</ol>
    </div>
  );
}

const rows = new WeakMap<Event, VNode>();

/** The same element for the same event: what stands already is not drawn again when something comes on top. */
function rowOf(event: Event): VNode {
  const known = rows.get(event) ?? <StreamRow key={event.seq} event={event} />;
  rows.set(event, known);
  return known;
}

/** A violation is told by the denial beside it; what the controller stored by itself is for the log. */
function isNoise({ kind, by, detail }: Event): boolean {
  if (kind === 'passback-violation') return detail?.['type'] === 'hard';
  return kind === 'changed' && (by?.kind === 'system' || detail?.['collection'] === 'tokens');
}

export function StreamRow({ event }: { readonly event: Event }) {
  const isToday = isoDay(event.at) === isoDay(nowMs());
  return (
    <li class={`row ${toneOf(event)}`}>
      <time dateTime={event.at}>
        {isToday ? '' : `${date(event.at)} `}
        {clockSeconds(event.at)}
      </time>
      <span class="dot" />
      <p>
        <Sentence event={event} />
      </p>
      <EventAction event={event} />
    </li>
  );
}
