/** The route table whole: what is not here does not exist. */
import { alarmRows } from './alarms.js';
import { backupRows } from './backups.js';
import { certificateRows } from './certificates.js';
import type { Context } from './context.js';
import { credentialRows } from './credentials.js';
import { doorRows } from './doors.js';
import { enrolmentRows } from './enrolments.js';
import { eventCountRows } from './eventCounts.js';
import { eventRows } from './events.js';
import { fireRows } from './fire.js';
import { hookRows } from './hooks.js';
import { importRows } from './imports.js';
import { learnRows } from './learn.js';

import type { Live } from './live.js';
import { createLogins } from './logins.js';
import { mockRows } from './mock.js';
import { openApiRows } from './openapi.js';
import { operatorRows } from './operators.js';
import { osdpRows } from './osdp.js';
import type { Passwords } from './password.js';
import { accessRightRows, groupRows, holidayRows, scheduleRows, userRows } from './people.js';
import { readerRows } from './readers.js';
import type { Row } from './route.js';
import { securityTextRow } from './securityText.js';
import { sessionRows } from './session.js';
import { siteRows } from './site.js';
import { sourceRows } from './sources.js';
import { statusRows } from './status.js';
import { systemRows } from './system.js';
import { tokenRows } from './tokens.js';
import { occupancyRow } from './zoneOccupancy.js';
import { zoneRows } from './zones.js';

/** Every row the API serves with this site. */
export function routeTable(context: Context, live: Live, passwords: Passwords): readonly Row[] {
  const rows = [
    ...statusRows(context),
    ...siteRows(context),
    securityTextRow(context),
    ...systemRows(context, live.count),
    ...certificateRows(context),
    ...sessionRows(context, passwords, createLogins(context, passwords)),
    ...operatorRows(context, passwords),
    ...userRows(context),
    ...credentialRows(context),
    ...enrolmentRows(context),
    ...groupRows(context),
    ...accessRightRows(context),
    ...scheduleRows(context),
    ...holidayRows(context),
    ...doorRows(context),
    ...fireRows(context),
    ...readerRows(context),
    ...learnRows(context),
    ...osdpRows(context),
    ...zoneRows(context),
    occupancyRow(context),
    ...sourceRows(context),
    ...alarmRows(context),
    ...hookRows(context),
    ...backupRows(context),
    ...importRows(context),
    ...eventRows(context, live),
    ...eventCountRows(context),
    ...mockRows(context),
  ];
  const all = [...rows, ...tokenRows(context, rows)];
  return [...all, ...openApiRows(all, context.version)];
}
