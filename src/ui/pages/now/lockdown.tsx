/** Every door locked at once, and back. */
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Door, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { say } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { doorName, site } from '../../site.js';

export function Lockdown() {
  const doors =
    useResource<Page<Door>>('/api/v1/doors', ({ kind }) => kind === 'door-command').value?.items ?? [];
  if (!may('operator') || doors.length === 0) return null;
  const locked = doors.every(({ state }) => Object.values(state?.flags ?? {}).includes('lock'));
  if (locked) {
    return (
      <Button icon="unlock" onClick={() => tellAll('normal')}>
        {t('lockdown.end')}
      </Button>
    );
  }
  const lock = async () => {
    const question = {
      title: t('lockdown.all'),
      text: t('lockdown.sure'),
      yes: t('lockdown.all'),
      danger: true,
    };
    if (await sure(question)) await tellAll('lock');
  };
  return (
    <Button kind="danger" icon="shield" onClick={lock}>
      {t('lockdown.all')}
    </Button>
  );
}

async function tellAll(command: 'lock' | 'normal'): Promise<void> {
  const doors = site.get()?.doors ?? [];
  const answers = await Promise.all(
    doors.map(async ({ id }) => ({
      id,
      answer: await ask('POST', `/api/v1/doors/${encodeURIComponent(id)}/${command}`),
    })),
  );
  const missed = answers.filter(({ answer }) => !answer.ok).map(({ id }) => doorName(id));
  if (missed.length > 0) say(t('lockdown.some', { doors: missed.join(', ') }), true);
  else say(t(command === 'lock' ? 'lockdown.done' : 'lockdown.over'));
}
