/** Which rows of the log are alarms: what raises one, what ends it. Everything else about them is storage's. */
import type { LogKind, LogRow } from './log.js';

/** `raise`: it lasts until `end`; `note`: it happened, and has no end of its own. */
export interface AlarmChange {
  readonly change: 'raise' | 'note' | 'end';
  /** The alarm and its subject, for instance `door-held:lobby`; one at a time lasts under each key. */
  readonly key: string;
}

type Rule = readonly [
  change: AlarmChange['change'],
  of: 'door' | 'reader' | 'zone' | 'site',
  alarm?: LogKind,
];

const rules: Readonly<Partial<Record<LogKind, Rule>>> = {
  'door-forced': ['raise', 'door'],
  'door-forced-ended': ['end', 'door', 'door-forced'],
  'door-held': ['raise', 'door'],
  'door-held-ended': ['end', 'door', 'door-held'],
  'tamper-on': ['raise', 'reader'],
  'tamper-off': ['end', 'reader', 'tamper-on'],
  'reader-offline': ['raise', 'reader'],
  'reader-online': ['end', 'reader', 'reader-offline'],
  'reader-alarm-on': ['raise', 'reader'],
  'reader-alarm-off': ['end', 'reader', 'reader-alarm-on'],
  'reader-unreadable-on': ['raise', 'reader'],
  'reader-unreadable-off': ['end', 'reader', 'reader-unreadable-on'],
  'fire-on': ['raise', 'site'],
  'fire-reset': ['end', 'site', 'fire-on'],
  'zone-alarm-on': ['raise', 'zone'],
  'zone-alarm-off': ['end', 'zone', 'zone-alarm-on'],
  'storage-failed': ['raise', 'site'],
  'storage-recovered': ['end', 'site', 'storage-failed'],
  'storage-fault': ['note', 'site'],
  'reader-locked-out': ['note', 'reader'],
  'interlock-broken': ['note', 'door'],
  'output-failed': ['note', 'door'],
  'input-fault': ['note', 'site'],
  overflow: ['note', 'site'],
  duress: ['note', 'door'],
  'missing-credential': ['note', 'door'],
};

/** What this row does to the list of alarms; undefined = nothing. */
export function alarmChange(
  row: Pick<LogRow, 'kind' | 'door' | 'reader' | 'zone' | 'detail'>,
): AlarmChange | undefined {
  const rule = rules[row.kind];
  if (rule === undefined) return undefined;
  const [change, of, alarm = row.kind] = rule;
  const subject = of === 'site' ? '' : (row[of] ?? '');
  // A reader has several alarms, and the end of one is not the end of another.
  const name = alarm === 'reader-alarm-on' ? `:${String(row.detail?.['alarm'])}` : '';
  return { change, key: `${alarm}:${subject}${name}` };
}
