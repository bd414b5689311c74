/** German, whole. */
import { doors } from './de/doors.js';
import { log } from './de/log.js';
import { now } from './de/now.js';
import { people } from './de/people.js';
import { settings } from './de/settings.js';
import { shell } from './de/shell.js';
import { words } from './de/words.js';
import { zoneRules } from './de/zoneRules.js';
import { zones } from './de/zones.js';
import type { MessageKey } from './en.js';

export const de: Readonly<Record<MessageKey, string>> = {
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
