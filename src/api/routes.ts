/** The route table whole: what is not here does not exist. */
import type { Context } from './context.js';
import { credentialRows } from './credentials.js';
import { doorRows } from './doors.js';
import { eventRows } from './events.js';
import type { Live } from './live.js';
import { mockRows } from './mock.js';
import { openApiRow } from './openapi.js';
import type { Passwords } from './password.js';
import { accessRightRows, groupRows, holidayRows, scheduleRows, userRows } from './people.js';
import type { Row } from './route.js';
import { sessionRows } from './session.js';
import { sourceRows } from './sources.js';
import { statusRows } from './status.js';
import { zoneRows } from './zones.js';

/** Every row the API serves with this site. */
export function routeTable(context: Context, live: Live, passwords: Passwords): readonly Row[] {
  const rows = [
    ...statusRows(context),
    ...sessionRows(context, passwords),
    ...userRows(context),
    ...credentialRows(context),
    ...groupRows(context),
    ...accessRightRows(context),
    ...scheduleRows(context),
    ...holidayRows(context),
    ...doorRows(context),
    ...zoneRows(context),
    ...sourceRows(context),
    ...eventRows(context, live),
    ...mockRows(context),
  ];
  return [...rows, openApiRow(rows, context.version)];
}
