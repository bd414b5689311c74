/** One zone: drawn, who is inside, how many over the day, and its rules. */
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Page, ZoneRecord } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Link } from '../../parts/link.js';
import { Panel, ViewHead, Waiting } from '../../parts/panel.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { go } from '../../router.js';
import { may } from '../../session.js';
import { refreshSoon, reloadZones, status } from '../../site.js';
import { useStore } from '../../store.js';
import type { Zone } from '../../zoneModel.js';
import { ZoneBadges } from '../zonesPage.js';
import { Emergency } from './emergency.js';
import { Inside } from './inside.js';
import { OccupancyChart } from './occupancyChart.js';
import { Violations } from './violations.js';
import { ZoneDrawing } from './zoneDrawing.js';
import { ZoneForm } from './zoneForm.js';

const moving = new Set(['access-granted', 'access-taken', 'zone-cleared', 'zone-forgotten']);

export function ZoneView({ id }: { readonly id: string }) {
  const path = `/api/v1/zones/${encodeURIComponent(id)}`;
  const zone = useResource<Zone>(path);
  const state = useStore(status)?.zones.find((one) => String(one.id) === id);
  const inside = useResource<Page<ZoneRecord>>(`${path}/records?side=entry&limit=1000`, ({ kind }) =>
    moving.has(kind),
  );
  if (zone.value === undefined) return <Waiting problem={zone.problem} reload={zone.reload} />;
  const { value } = zone;
  const people = inside.value?.items ?? [];
  const count = state?.inside ?? people.length;
  return (
    <>
      <ViewHead title={value.name} note={<Link to="/zones">{t('nav.zones')}</Link>}>
        <ZoneBadges zone={value} alarmed={state?.alarmed ?? false} />
        {state?.alarmed === true && may('operator') ? (
          <Button onClick={() => endAlarm(value)}>{t('zones.endalarm')}</Button>
        ) : null}
        {may('administrator') ? (
          <RemoveButton
            path={path}
            name={value.name}
            etag={zone.etag}
            text={t('zones.delete', { name: value.name })}
            removed={gone}
          />
        ) : null}
      </ViewHead>
      <div class="two">
        <div class="stack">
          <Panel>
            <ZoneDrawing zone={value} inside={count} />
          </Panel>
          <Emergency zone={value} lockdown={state?.lockdown === true} />
          <Violations zone={value} />
          <Inside
            zone={value}
            people={people}
            count={count}
            more={inside.value?.next !== undefined}
            changed={inside.reload}
          />
        </div>
        <div class="stack">
          <Panel title={t('zones.day')} note={t('zones.day.note')}>
            <OccupancyChart zone={value} inside={count} />
          </Panel>
          <Panel title={t('zones.rules')}>
            <ZoneForm path={path} value={value} etag={zone.etag} />
          </Panel>
        </div>
      </div>
    </>
  );
}

async function endAlarm({ id }: Zone): Promise<void> {
  tell(await ask('POST', `/api/v1/zones/${id}/alarm`, { body: { alarmed: false } }), t('state.saved'));
  refreshSoon();
}

async function gone(): Promise<void> {
  await reloadZones();
  go('/zones');
}
