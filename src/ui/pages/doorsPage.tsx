/** Doors: how each behaves, when it is open by itself, on which days, and how it is wired. */
import { t } from '../i18n.js';
import { ViewHead } from '../parts/panel.js';
import { Tabs } from '../parts/tabs.js';
import { usePlace } from '../router.js';
import { DoorEdit } from './doors/doorEdit.js';
import { DoorList } from './doors/doorList.js';
import { Holidays } from './doors/holidays.js';
import { Rights } from './doors/rights.js';
import { Schedules } from './doors/schedules.js';
import { Wiring } from './doors/wiring.js';

export function DoorsPage() {
  const { path, query } = usePlace();
  const door = path[1];
  if (door !== undefined) return <DoorEdit key={door} id={door} />;
  const tab = query['tab'] ?? '';
  return (
    <>
      <ViewHead title={t('nav.doors')} />
      <Tabs
        label={t('nav.doors')}
        current={tab === '' ? '/doors' : `/doors?tab=${tab}`}
        tabs={[
          ['/doors', t('nav.doors')],
          ['/doors?tab=schedules', t('doors.schedules')],
          ['/doors?tab=holidays', t('doors.holidays')],
          ['/doors?tab=rights', t('doors.rights')],
          ['/doors?tab=wiring', t('doors.wiring')],
        ]}
      />
      {tab === '' ? <DoorList /> : null}
      {tab === 'schedules' ? <Schedules /> : null}
      {tab === 'holidays' ? <Holidays /> : null}
      {tab === 'rights' ? <Rights /> : null}
      {tab === 'wiring' ? <Wiring /> : null}
    </>
  );
}
