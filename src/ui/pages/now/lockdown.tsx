/** Every door locked at once, said plainly while it lasts, and back. */
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Status } from '../../model.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { Icon } from '../../parts/icon.js';
import { say } from '../../parts/toast.js';
import { may } from '../../session.js';
import { doorName, refreshSoon, status } from '../../site.js';
import { useStore } from '../../store.js';

/** The button; absent while every door is locked down. */
export function Lockdown() {
  const all = useStore(status)?.doors ?? [];
  if (!may('operator') || all.every(isLocked)) return null;
  const lock = async () => {
    const question = {
      title: t('lockdown.all'),
      text: t('lockdown.sure'),
      yes: t('lockdown.all'),
      danger: true,
    };
    if (await sure(question)) await tellAll('lock', all);
  };
  return (
    <Button kind="danger" icon="shield" onClick={lock}>
      {t('lockdown.all')}
    </Button>
  );
}

/** What is locked down, and its end. */
export function LockedDown() {
  const all = useStore(status)?.doors ?? [];
  const locked = all.filter(isLocked);
  if (locked.length === 0) return null;
  const names = locked.map(({ id }) => doorName(id)).join(', ');
  return (
    <section class="note bad lockdown" aria-label={t('lockdown.title')}>
      <Icon name="shield" size={26} />
      <p>
        <strong>{t('lockdown.title')}</strong>
        {` · ${locked.length === all.length ? t('lockdown.on') : t('lockdown.on.some', { doors: names })}`}
      </p>
      {may('operator') ? (
        <Button icon="unlock" onClick={() => tellAll('normal', locked)}>
          {t('lockdown.end')}
        </Button>
      ) : null}
    </section>
  );
}

type DoorNow = Status['doors'][number];

function isLocked({ flags }: DoorNow): boolean {
  return flags.operator === 'locked' || flags.emergency === 'locked';
}

async function tellAll(command: 'lock' | 'normal', which: readonly DoorNow[]): Promise<void> {
  const answers = await Promise.all(
    which.map(async ({ id }) => ({
      id,
      answer: await ask('POST', `/api/v1/doors/${encodeURIComponent(id)}/${command}`),
    })),
  );
  refreshSoon();
  const missed = answers.filter(({ answer }) => !answer.ok).map(({ id }) => doorName(id));
  if (missed.length > 0) say(t('lockdown.some', { doors: missed.join(', ') }), true);
  else say(t(command === 'lock' ? 'lockdown.done' : 'lockdown.over'));
}
