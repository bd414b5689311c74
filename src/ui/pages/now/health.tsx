/** Storage and clock in one glance. */
import { t, word } from '../../i18n.js';
import { Badge } from '../../parts/panel.js';
import { status } from '../../site.js';
import { useStore } from '../../store.js';

export function Health() {
  const now = useStore(status);
  if (now === undefined) return null;
  const trusted = now.clock.trust === 'rtc' || now.clock.trust === 'ntp';
  return (
    <p class="health">
      <Badge tone={now.storage === 'ok' ? 'good' : 'bad'}>
        {t('now.health.storage')}: {now.storage === 'ok' ? t('now.storage.ok') : '!'}
      </Badge>
      <Badge tone={trusted ? 'good' : 'warn'}>
        {t('now.health.clock')}: {word('now.clock', now.clock.trust)}
      </Badge>
    </p>
  );
}
