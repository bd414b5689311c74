/** What needs somebody: doors forced or held, zones with a violation, readers away, storage, fire. */
import type { ComponentChildren } from 'preact';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Status } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Icon } from '../../parts/icon.js';
import { say } from '../../parts/toast.js';
import { may } from '../../session.js';
import { doorName, readerName, refreshSoon, status, zoneName, zones } from '../../site.js';
import { useStore } from '../../store.js';

interface Alarm {
  readonly key: string;
  readonly text: string;
  readonly tone: 'bad' | 'warn';
  readonly action?: ComponentChildren;
}

export function Alarms() {
  const now = useStore(status);
  useStore(zones);
  const alarms = now === undefined ? [] : alarmsOf(now);
  if (alarms.length === 0) return null;
  return (
    <section class="alarms" aria-label={t('now.alarms')}>
      {alarms.map(({ key, text, tone, action }) => (
        <div key={key} class={`note ${tone}`}>
          <Icon name="warn" />
          <p>{text}</p>
          {action}
        </div>
      ))}
    </section>
  );
}

function alarmsOf(now: Status): readonly Alarm[] {
  const alarms: Alarm[] = [];
  if (now.storage === 'failed')
    alarms.push({ key: 'storage', tone: 'bad', text: t('now.storage.failed', { rows: now.rowsWaiting }) });
  if (now.fire !== 'off') alarms.push({ key: 'fire', tone: 'bad', text: t(`now.fire.${now.fire}`) });
  for (const { id, alarm } of now.doors) {
    if (alarm === 'forced')
      alarms.push({ key: `door-${id}`, tone: 'bad', text: t('alarm.forced', { door: doorName(id) }) });
    if (alarm === 'held')
      alarms.push({ key: `door-${id}`, tone: 'warn', text: t('alarm.held', { door: doorName(id) }) });
  }
  for (const { id, alarmed } of now.zones) {
    if (!alarmed) continue;
    const text = t('alarm.zone', { zone: zoneName(id) });
    alarms.push({ key: `zone-${id}`, tone: 'bad', text, action: <Acknowledge zone={id} /> });
  }
  for (const { id, online } of now.readers) {
    if (online === false)
      alarms.push({ key: `reader-${id}`, tone: 'bad', text: t('alarm.reader', { reader: readerName(id) }) });
  }
  if (now.clock.trust === 'unset') alarms.push({ key: 'clock', tone: 'warn', text: t('alarm.clock') });
  return alarms;
}

function Acknowledge({ zone }: { readonly zone: number }) {
  if (!may('operator')) return null;
  const end = async () => {
    const answer = await ask('POST', `/api/v1/zones/${zone}/alarm`, { body: { alarmed: false } });
    if (!answer.ok) say(answer.problem.detail, true);
    refreshSoon();
  };
  return (
    <Button size="small" onClick={end}>
      {t('alarm.acknowledge')}
    </Button>
  );
}
