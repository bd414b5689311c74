/** What needs somebody: the alarms that last or that nobody has seen, and a clock that cannot be believed. */
import type { ComponentChildren } from 'preact';
import { Sentence } from '../../events/sentence.js';
import { shortTime } from '../../format.js';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Alarm, Event, Page, Status } from '../../model.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { Icon } from '../../parts/icon.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { refreshSoon, status } from '../../site.js';
import { useStore } from '../../store.js';

const changing = /^(?:door-|tamper|fire|zone-alarm|storage|reader-|output|input|overflow|alarm)/;

export function Alarms() {
  const now = useStore(status);
  const { value, reload } = useResource<Page<Alarm>>('/api/v1/alarms?limit=20', ({ kind }) =>
    changing.test(kind),
  );
  const alarms = value?.items ?? [];
  const states = now === undefined ? [] : statesOf(now);
  if (alarms.length + states.length === 0) return null;
  return (
    <section class="alarms" aria-label={t('now.alarms')}>
      {states.map(({ tone, text, action }) => (
        <Line key={text} tone={tone} action={action}>
          {text}
        </Line>
      ))}
      {alarms.map((alarm) => (
        <Line
          key={alarm.id}
          tone={alarm.active ? 'bad' : 'warn'}
          action={alarm.acknowledged === undefined ? <Acknowledge alarm={alarm} done={reload} /> : null}
        >
          <Sentence event={eventOf(alarm)} />
          <span class="when">
            {shortTime(alarm.at)}
            {alarm.active ? '' : ` · ${t('alarm.over')}`}
            {alarm.acknowledged === undefined ? '' : ` · ${t('alarm.seen', { by: alarm.acknowledged.by })}`}
          </span>
        </Line>
      ))}
    </section>
  );
}

interface LineProps {
  readonly tone: 'bad' | 'warn';
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}

function Line({ tone, action, children }: LineProps) {
  return (
    <div class={`note ${tone}`}>
      <Icon name="warn" />
      <p>{children}</p>
      {action}
    </div>
  );
}

/** An alarm tells what its row of the log told. */
function eventOf({ id, kind, at, door, reader, zone, user }: Alarm): Event {
  return {
    seq: Number(id),
    at,
    kind,
    boot: '',
    monoMs: 0,
    wallMs: 0,
    trust: '',
    hash: '',
    ...(door === undefined ? {} : { door }),
    ...(reader === undefined ? {} : { reader }),
    ...(zone === undefined ? {} : { zone }),
    ...(user === undefined ? {} : { user }),
  };
}

interface State {
  readonly tone: 'bad' | 'warn';
  readonly text: string;
  readonly action?: ComponentChildren;
}

function statesOf(now: Status): readonly State[] {
  return [
    ...(now.storage === 'failed'
      ? [{ tone: 'bad' as const, text: t('now.storage.failed', { rows: now.rowsWaiting }) }]
      : []),
    ...(now.fire === 'off'
      ? []
      : [
          {
            tone: 'bad' as const,
            text: t(`now.fire.${now.fire}`),
            action: now.fire === 'latched' && may('operator') ? <FireReset /> : null,
          },
        ]),
    ...(now.clock.trust === 'unset' ? [{ tone: 'warn' as const, text: t('alarm.clock') }] : []),
  ];
}

/** Doors that opened for the fire stay open until a person says that it is over. */
function FireReset() {
  const reset = async () => {
    const question = { title: t('now.fire.reset'), text: t('now.fire.reset.sure'), yes: t('now.fire.reset') };
    if (!(await sure(question))) return;
    tell(await ask('POST', '/api/v1/fire/reset'), t('action.done'));
    refreshSoon();
  };
  return (
    <Button size="small" onClick={reset}>
      {t('now.fire.reset')}
    </Button>
  );
}

/** Seen, and of a zone also ended: its alarm lasts until somebody says so. */
function Acknowledge({ alarm, done }: { readonly alarm: Alarm; readonly done: () => void }) {
  if (!may('operator')) return null;
  const acknowledge = async () => {
    const answer = await ask('POST', `/api/v1/alarms/${alarm.id}/acknowledge`, { body: {} });
    if (!answer.ok) say(answer.problem.detail, true);
    if (answer.ok && alarm.zone !== undefined && alarm.active) {
      await ask('POST', `/api/v1/zones/${alarm.zone}/alarm`, { body: { alarmed: false } });
    }
    refreshSoon();
    done();
  };
  return (
    <Button size="small" onClick={acknowledge}>
      {t('alarm.acknowledge')}
    </Button>
  );
}
