/** Muster and lockdown of one zone: who is missing, and nobody in. */
import { shortTime } from '../../format.js';
import { ask } from '../../http.js';
import { number, t } from '../../i18n.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { Note, Panel } from '../../parts/panel.js';
import { tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { refreshSoon } from '../../site.js';
import type { Zone } from '../../zoneModel.js';

interface RollCall {
  readonly inside: number;
  readonly musterSince?: string;
}

export function Emergency({ zone, lockdown }: { readonly zone: Zone; readonly lockdown: boolean }) {
  const { value, reload } = useResource<RollCall>(
    `/api/v1/zones/${zone.id}/roll-call?limit=1`,
    ({ kind }) => kind.startsWith('muster') || kind.startsWith('access-') || kind.startsWith('zone-'),
  );
  if (!may('operator')) return null;
  const gathering = value?.musterSince;
  const act = async (what: 'muster' | 'lockdown', active: boolean) => {
    const name = t(`zones.${what}`);
    const question = {
      title: name,
      text: t(`zones.${what}.sure`, { zone: zone.name }),
      yes: name,
      danger: true,
    };
    if (active && !(await sure(question))) return;
    tell(await ask('POST', `/api/v1/zones/${zone.id}/${what}`, { body: { active } }), t('action.done'));
    refreshSoon();
    reload();
  };
  return (
    <Panel title={t('zones.emergency')}>
      {gathering === undefined ? null : (
        <Note tone="bad">
          {t('zones.muster.since', { at: shortTime(gathering), count: number(value?.inside ?? 0) })}
        </Note>
      )}
      {lockdown ? <Note tone="bad">{t('zones.lockdown.on')}</Note> : null}
      <div class="actions">
        <Button size="small" onClick={() => act('muster', gathering === undefined)}>
          {t(gathering === undefined ? 'zones.muster' : 'zones.muster.end')}
        </Button>
        <Button size="small" icon={lockdown ? 'unlock' : 'shield'} onClick={() => act('lockdown', !lockdown)}>
          {t(lockdown ? 'zones.lockdown.end' : 'zones.lockdown')}
        </Button>
      </div>
    </Panel>
  );
}
