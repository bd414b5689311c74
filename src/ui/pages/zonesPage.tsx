/** Anti-passback: zones as areas with their entries and exits, and each of them in full. */
import { useState } from 'preact/hooks';
import { t } from '../i18n.js';
import { Button } from '../parts/button.js';
import { Link } from '../parts/link.js';
import { Badge, Empty, Panel, ViewHead } from '../parts/panel.js';
import { usePlace } from '../router.js';
import { may } from '../session.js';
import { status, zones } from '../site.js';
import { useStore } from '../store.js';
import type { Zone } from '../zoneModel.js';
import { NewZone } from './zones/newZone.js';
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
  const [adding, setAdding] = useState(false);
  return (
    <>
      <ViewHead title={t('nav.zones')} note={t('zones.lead')}>
        {may('administrator') ? (
          <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
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
              <ZoneDrawing zone={zone} {...(state === undefined ? {} : { inside: state.inside })} />
            </Panel>
          );
        })}
      </div>
      {adding ? <NewZone close={() => setAdding(false)} /> : null}
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
