/** English, whole. Its keys are the law: every other language has the same. */
import { doors } from './en/doors.js';
import { log } from './en/log.js';
import { now } from './en/now.js';
import { people } from './en/people.js';
import { settings } from './en/settings.js';
import { shell } from './en/shell.js';
import { words } from './en/words.js';
import { zoneRules } from './en/zoneRules.js';
import { zones } from './en/zones.js';

export const en = {
  ...shell,
  ...now,
  ...people,
  ...log,
  ...doors,
  ...zones,
  ...zoneRules,
  ...settings,
  ...words,
};
export type MessageKey = keyof typeof en;
