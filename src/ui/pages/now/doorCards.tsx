/** One card a door: what it is now, and what an operator may tell it. */
import { ask } from '../../http.js';
import { t, tn } from '../../i18n.js';
import type { DoorFlags, Status } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Icon } from '../../parts/icon.js';
import { Link } from '../../parts/link.js';
import { Badge, type Tone } from '../../parts/panel.js';
import { tell } from '../../parts/toast.js';
import { address } from '../../router.js';
import { may } from '../../session.js';
import { doorName, refreshSoon, site, status } from '../../site.js';
import { useStore } from '../../store.js';

type DoorNow = Status['doors'][number];
export type Command = 'release' | 'lock' | 'unlock' | 'normal';

export function DoorCards() {
  const doors = useStore(status)?.doors ?? [];
  useStore(site);
  return (
    <section class="door-cards" aria-label={t('now.doors')}>
      {doors.map((door) => (
        <DoorCard key={door.id} door={door} />
      ))}
    </section>
  );
}

interface Face {
  readonly tone: Tone;
  readonly text: string;
}

function faceOf(door: DoorNow): Face {
  if (door.alarm === 'forced') return { tone: 'bad', text: t('door.forced') };
  if (door.alarm === 'held') return { tone: 'warn', text: t('door.held') };
  if (door.lock === 'unlocked') return { tone: 'good', text: t('door.unlocked') };
  return { tone: 'plain', text: t('door.locked') };
}

function DoorCard({ door }: { readonly door: DoorNow }) {
  const { flags } = door;
  const { tone, text } = faceOf(door);
  return (
    <article class={`door-card ${tone}`} data-door={door.id} data-lock={door.lock} data-leaf={door.leaf}>
      <div class="door-face">
        <Icon name={door.lock === 'locked' ? 'lock' : 'unlock'} size={26} />
        <div>
          <h2>
            <Link to={address('doors', door.id)}>{doorName(door.id)}</Link>
          </h2>
          <p class="door-state">
            <strong>{text}</strong>
            {` · ${t(`door.leaf.${door.leaf}`)}`}
          </p>
        </div>
        <Standing flags={flags} waiting={door.waiting} />
        <Offline door={door.id} />
      </div>
      {may('operator') ? <Commands door={door.id} stands={flags.operator !== undefined} /> : null}
    </article>
  );
}

/** Why it is as it is, where that is not the usual: a lockdown is not a lock, a schedule is not a person. */
function Standing({ flags, waiting }: { readonly flags: DoorFlags; readonly waiting: number }) {
  if (flags.emergency !== undefined)
    return <Badge tone="bad">{t(`door.emergency.${flags.emergency}`)}</Badge>;
  if (flags.operator === 'locked') {
    return (
      <Badge tone="bad" icon="shield">
        {t('door.lock')}
      </Badge>
    );
  }
  if (flags.operator === 'unlocked') return <Badge tone="warn">{t('door.holding')}</Badge>;
  if (flags.schedule === 'unlocked') return <Badge tone="info">{t('door.scheduled')}</Badge>;
  return waiting > 0 ? <Badge tone="info">{tn('door.waiting', waiting)}</Badge> : null;
}

/** Readers of this door that do not answer: nobody gets in by them. */
function Offline({ door }: { readonly door: string }) {
  const health = useStore(status)?.readers ?? [];
  const here = useStore(site)?.readers ?? [];
  const silent = here.filter(
    ({ id, door: of }) => of === door && health.some((one) => one.id === id && one.online === false),
  );
  if (silent.length === 0) return null;
  return (
    <Badge tone="bad" icon="warn">
      {t('door.offline', { readers: silent.map(({ name }) => name).join(', ') })}
    </Badge>
  );
}

function Commands({ door, stands }: { readonly door: string; readonly stands: boolean }) {
  const command = (name: Command) => () => give(door, name);
  return (
    <div class="actions">
      <Button kind="primary" size="small" icon="unlock" onClick={command('release')}>
        {t('door.open')}
      </Button>
      {stands ? (
        <Button size="small" onClick={command('normal')}>
          {t('door.normal')}
        </Button>
      ) : (
        <>
          <Button size="small" icon="hold" onClick={command('unlock')}>
            {t('door.hold')}
          </Button>
          <Button size="small" icon="shield" onClick={command('lock')}>
            {t('door.lock')}
          </Button>
        </>
      )}
    </div>
  );
}

async function give(door: string, name: Command): Promise<void> {
  const answer = await ask('POST', `/api/v1/doors/${encodeURIComponent(door)}/${name}`);
  tell(answer, t(`door.did.${name}`, { door: doorName(door) }));
  refreshSoon();
}
