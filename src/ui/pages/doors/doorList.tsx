/** Every door with what matters of its behaviour. */
import { duration } from '../../format.js';
import { t } from '../../i18n.js';
import type { Door, Page, Schedule } from '../../model.js';
import { useAll } from '../../names.js';
import { Icon } from '../../parts/icon.js';
import { Link } from '../../parts/link.js';
import { Panel, Waiting } from '../../parts/panel.js';
import { useResource } from '../../resource.js';
import { address } from '../../router.js';
import { site } from '../../site.js';
import { useStore } from '../../store.js';

export function DoorList() {
  const { value, problem, reload } = useResource<Page<Door>>('/api/v1/doors');
  const schedules = useAll<Schedule>('schedules');
  const readers = useStore(site)?.readers ?? [];
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  return (
    <Panel>
      <ul class="people">
        {value.items.map((door) => (
          <li key={door.id}>
            <Link to={address('doors', door.id)} class="person">
              <span class="initials">
                <Icon name="door" />
              </span>
              <span class="person-name">
                <b>{door.name}</b>
                <span class="hint">
                  {[
                    t('doors.number', { number: door.number }),
                    door.autoLockOff === true
                      ? t('doors.opensForGood')
                      : t('doors.opens', { time: duration(door.unlockMs) }),
                    door.hasContact ? t('doors.contact') : t('door.leaf.none'),
                    readers
                      .filter((reader) => reader.door === door.id)
                      .map(({ name }) => name)
                      .join(', '),
                    door.holdOpenSchedule === undefined
                      ? ''
                      : t('doors.heldby', {
                          schedule:
                            schedules.find(({ id }) => id === door.holdOpenSchedule)?.name ??
                            door.holdOpenSchedule,
                        }),
                  ]
                    .filter((part) => part !== '')
                    .join(' · ')}
                </span>
              </span>
              <Icon name="forward" size={16} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
