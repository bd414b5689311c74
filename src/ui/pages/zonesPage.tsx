/** Anti-passback: zones as areas with their entries and exits, and each of them in full. */
import { ask } from '../http.js';
import { t } from '../i18n.js';
import type { Zone } from '../model.js';
import { Button } from '../parts/button.js';
import { Link } from '../parts/link.js';
import { Badge, Empty, Panel, ViewHead } from '../parts/panel.js';
import { say } from '../parts/toast.js';
import { go, usePlace } from '../router.js';
import { may } from '../session.js';
import { reloadZones, site, status, zones } from '../site.js';
import { useStore } from '../store.js';
import { ZoneDrawing } from './zones/zoneDrawing.js';
import { ZoneView } from './zones/zoneView.js';

export function ZonesPage() {
  const { path } = usePlace();
  const id = path[1];
  return id === undefined ? <Zones /> : <ZoneView key={id} id={id} />;
}

function Zones() {
  const all = useStore(zones);
  const now = useStore(status);
  return (
    <>
      <ViewHead title={t('nav.zones')} note={t('zones.lead')}>
        {may('administrator') ? (
          <Button kind="primary" icon="plus" onClick={add}>
            {t('zones.new')}
          </Button>
        ) : null}
      </ViewHead>
      {all.length === 0 ? (
        <Panel>
          <Empty icon="zone" title={t('zones.none')} />
        </Panel>
      ) : null}
      <div class="zone-cards">
        {all.map((zone) => {
          const state = now?.zones.find(({ id }) => id === zone.id);
          return (
            <Panel key={zone.id}>
              <header class="zone-head">
                <h2>
                  <Link to={`/zones/${zone.id}`}>{zone.name}</Link>
                </h2>
                <ZoneBadges zone={zone} alarmed={state?.alarmed ?? false} />
              </header>
              <ZoneDrawing zone={zone} />
            </Panel>
          );
        })}
      </div>
    </>
  );
}

export function ZoneBadges({ zone, alarmed }: { readonly zone: Zone; readonly alarmed: boolean }) {
  return (
    <span class="actions">
      {alarmed ? (
        <Badge tone="bad" icon="warn">
          {t('zones.alarmed')}
        </Badge>
      ) : null}
      {zone.disabled ? <Badge tone="warn">{t('zones.disabled')}</Badge> : null}
      <Badge tone="info">{t(`zones.type.${zone.type}`)}</Badge>
    </span>
  );
}

/** A zone over every reader there is: the usual beginning. */
async function add(): Promise<void> {
  const members = (site.get()?.readers ?? [])
    .slice(0, 64)
    .map(({ id, direction }) => ({ reader: id, direction }));
  const body = { name: t('zones.new.name'), type: 'soft', members };
  const answer = await ask<Zone>('POST', '/api/v1/zones', { body });
  if (!answer.ok) return say(answer.problem.detail, true);
  await reloadZones();
  go(`/zones/${answer.value.id}`);
}
