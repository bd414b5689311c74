/** What broke the rule since somebody last ended the alarm, and who is barred by it. */
import { Sentence, toneOf } from '../../events/sentence.js';
import { dateTime } from '../../format.js';
import { t } from '../../i18n.js';
import type { Event, ZoneRecord } from '../../model.js';
import { Link } from '../../parts/link.js';
import { Note, Panel } from '../../parts/panel.js';
import { useResource } from '../../resource.js';
import { address } from '../../router.js';
import type { Zone } from '../../zoneModel.js';

interface Found {
  readonly items: readonly Event[];
  readonly blocked: readonly ZoneRecord[];
}

const changing = /^(?:passback-|zone-)/;

export function Violations({ zone }: { readonly zone: Zone }) {
  const path = `/api/v1/zones/${zone.id}/violations?limit=20`;
  const { value } = useResource<Found>(path, ({ kind }) => changing.test(kind));
  if (value === undefined || value.items.length + value.blocked.length === 0) return null;
  return (
    <Panel title={t('zones.violations')} note={t('zones.violations.note')}>
      {value.blocked.length === 0 ? null : (
        <Note tone="bad">
          {t('zones.blocked')}{' '}
          {value.blocked.map(({ user, userName }, index) => (
            <span key={user}>
              {index === 0 ? '' : ', '}
              <Link to={address('people', user)}>{userName || user}</Link>
            </span>
          ))}
        </Note>
      )}
      <ol class="stream plain">
        {value.items.map((event) => (
          <li key={event.seq} class={`row ${toneOf(event)}`}>
            <span class="dot" />
            <p>
              <Sentence event={event} />
              <Link to={`/log?row=${event.seq}`} class="when">
                {dateTime(event.at)}
              </Link>
            </p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
