/** Faults in the zone rules that the naive model must find (`zoneDifferential.ts`). */
import { faultsIn, type Mutant } from './mutant.js';

const passback = faultsIn('antipassback.js', {
  'disabled zone judged': ['if (zone.disabled)\n        return undefined;', '', 'A16'],
  'timed at every reader': ["zone.timedAt === 'any-reader' || record.reader === step.reader", 'true', 'A5'],
  'timed at any reader ignored': ["zone.timedAt === 'any-reader' || record", 'record', 'A5'],
  'timed for ever': [
    'if (record === undefined || lapsed(state, zone, record, step.at))\n        return false;',
    'if (record === undefined)\n        return false;',
    'A5',
  ],
  'route wants the same reader again': ['readers[(last + 1) %', 'readers[last %', 'A10'],
  'route skips one': ['readers[(last + 1) %', 'readers[(last + 2) %', 'A10'],
  'route ends at the last': ['readers[(last + 1) % readers.length]', 'readers[last + 1]', 'A10'],
  'route never forgotten': [
    'record === undefined || lapsed(state, zone, record, step.at) ? -1',
    'record === undefined ? -1',
    'A10',
  ],
  'route begins anywhere': ['return zone.startAtFirst === true && ', 'return false && ', 'A10'],
  'route always begins at the first': ['return zone.startAtFirst === true && ', 'return ', 'A10'],
  'lapses after the second, not at it': ['>= zone.resetSeconds * 1000', '> zone.resetSeconds * 1000', 'A7'],
  'trap bars entries too': [" && (zone.type !== 'trap' || direction === 'exit')", '', 'A4'],
  'trap bars entries, not exits': [
    "zone.type !== 'trap' || direction === 'exit'",
    "zone.type !== 'trap' || direction === 'entry'",
    'A4',
  ],
  'hard everywhere bars exits only': [
    "(zone.type !== 'trap' || direction === 'exit')",
    "direction === 'exit'",
    'A3',
  ],
  'blocked let in': ["return broken(zone, 'passback-blocked', 'hard');", 'return undefined;', 'A3'],
  'the other side unchecked': [
    "(direction === 'entry' ? 'exits' : 'entries'))\n        return undefined;",
    "(direction === 'entry' ? 'entries' : 'exits'))\n        return undefined;",
    'A8',
  ],
  'both sides always checked': [
    "if (zone.check === (direction === 'entry' ? 'exits' : 'entries'))\n        return undefined;",
    '',
    'A8',
  ],
  'outer zone not asked': ['? lacksOuter(site, state, zone, user) :', '? false :', 'A12'],
  'inner zone not asked': [': lacksInner(site, state, zone, user);', ': false;', 'A12'],
  'nesting hard in a soft zone': [
    'return broken(zone, rule, typeSeverity(zone.type));',
    "return broken(zone, rule, 'hard');",
    'A12',
  ],
  'nesting reasons swapped': [
    "direction === 'entry' ? 'not-in-outer-zone' : 'still-in-inner-zone'",
    "direction === 'exit' ? 'not-in-outer-zone' : 'still-in-inner-zone'",
    'A12',
  ],
  'disabled outer zone asked': ['outer === undefined || outer.disabled', 'outer === undefined', 'A12'],
  'disabled inner zone asked': ['!one.disabled && isInside', 'isInside', 'A12'],
  'forgiven in the outer zone is not inside': [" && !hasMark(record, 'cleared')", '', 'A12'],
  'never seen in the outer zone is enough': [
    "return record?.direction !== 'entry'",
    "return record !== undefined && record.direction !== 'entry'",
    'A12',
  ],
  'required entry dropped': ['zone.requireEntry === true && found', 'false && found', 'A13'],
  'required entry always': ['zone.requireEntry === true && found', 'found', 'A13'],
  'required entry holds against the forgiven': [' && found === undefined', '', 'A13'],
  'entry required for entering': ["const unseen = direction === 'exit' && ", 'const unseen = ', 'A13'],
  'alternation refused, repetition let in': [
    'if (record.direction !== direction ||',
    'if (record.direction === direction ||',
    'A6',
  ],
  'whoever is trapped is reported at each entry': [
    "if (hasMark(record, 'blocked'))\n        return undefined;",
    '',
    'A4',
  ],
  'tailgate as passback': [
    "zone.tailgate !== undefined ? 'tailgate' : 'passback'",
    "false ? 'tailgate' : 'passback'",
    'A13',
  ],
  'each repeated exit a tailgate': [
    "direction === 'exit' && zone.tailgate !== undefined ?",
    "direction === 'exit' ?",
    'A13',
  ],
  'tailgate as hard as the zone': ['return zone.tailgate ?? ', 'return ', 'A13'],
  'tailgate as hard as passback': ['return zone.tailgate ?? ', 'return zone.passback ?? ', 'A13'],
  'passback as hard as the zone': ['return zone.passback ?? ', 'return ', 'A13'],
  'trap refuses the entry': [
    "(zone.type === 'trap' ? 'soft' : typeSeverity(zone.type))",
    'typeSeverity(zone.type)',
    'A4',
  ],
  'a violating exit traps': ["(zone.type === 'trap' && direction === 'entry')", "zone.type === 'trap'", 'A4'],
  'trap traps nobody': [" || (zone.type === 'trap' && direction === 'entry')", '', 'A4'],
  'hard everywhere blocks nobody': ["zone.type === 'hard-everywhere' || ", '', 'A3'],
  'exempt user refused': ['zone.bypassUsers?.includes(user.id) === true', 'false', 'A21'],
  'exempt by every group, not by one': ['zone.bypassGroups.some(', 'zone.bypassGroups.every(', 'A21'],
  'exempt by having any group': ['user.groups.includes(group)', 'user.groups.length > 0', 'A21'],
});
const judging = faultsIn('zoneJudge.js', {
  'the last refusing zone names the reason': ['reason: first.rule', 'reason: violated.at(-1).rule', 'A1'],
  'exempt refused all the same': [
    'if (excused)\n            exempt.push(zone.id);\n        else if (violation',
    'if (violation',
    'A21',
  ],
  'a soft violation excuses a hard one': [
    'const [first] = violated;',
    'const [first] = detected.length > 0 ? [] : violated;',
    'A2',
  ],
  'only the first zone of a reader judged': [
    '?? []) {',
    '?? [].slice()) {\n        if (zone !== site.zonesOfReader.get(reader)[0].zone)\n            continue;',
    'A11',
  ],
  'soft violations not reported': ['detected.push(violation)', '[]', 'A2'],
});
const occupancy = faultsIn('occupancy.js', {
  'one more than the maximum': ['coming > max.count', 'coming > max.count + 1', 'A22'],
  'one less than the maximum': ['coming > max.count', 'coming >= max.count', 'A22'],
  'whoever comes is not counted': [
    'moving.pendingIn.length + moving.users.length;',
    'moving.pendingIn.length;',
    'A22',
  ],
  'no supervisor needed': ['supervisorFirst !== undefined && !led', 'false', 'A22'],
  'a supervisor needs another': ['moving.supervisor || supervisors > 0', 'supervisors > 0', 'A22'],
  'a supervisor inside leads nobody': ['supervisors > 0 || ', '', 'A22'],
  'anybody inside leads': ['supervisors > 0', 'inside > 0', 'A22'],
  'exempt user has no place': [' || isExempt(zone, user)', '', 'A21'],
  'disabled zone has limits': ['rules === undefined || zone.disabled ||', 'rules === undefined ||', 'A22'],
  'whoever is inside takes another place': ["inside(user) === (direction === 'exit') && ", '', 'A22'],
  'limits of entering asked at exits': [
    ': leaving(state, zone, rules, moving)',
    ': entering(state, zone, rules, moving)',
    'A22',
  ],
  'soft limit refuses': ["severity === 'soft'", "severity === 'none'", 'A22'],
  'soft limit not reported': ['crowded.push(', 'void (', 'A22'],
  'hard limit lets in': ["severity === 'soft'", 'severity !== undefined', 'A22'],
});
const moves = faultsIn('moves.js', {
  'free pass leaves the outer zone alone': [
    'moved.push(...enterAround(turn, zone, mover, reader));',
    ';',
    'A12',
  ],
  'leaving sets the outer zone': ["if (direction === 'entry')", 'if (direction)', 'A12'],
  'entering sets the outer zone without a free pass': [
    " || !hasMark(recordOf(turn.state, outer.id, mover.user), 'cleared')",
    '',
    'A12',
  ],
  'disabled zone tracked against its setting': [
    'zone.disabled && zone.trackWhileDisabled === false',
    'false',
    'A16',
  ],
  'a passage lifts the block': ["hasMark(before, 'blocked') || ", '', 'A3'],
  'trapped without a mark': [' || mover.blocks?.includes(zone.id) === true', '', 'A4'],
  'supervisor not remembered': ['mover.supervisor === true ?', 'false ?', 'A22'],
  'exits recorded as entries': [
    'zone, mover, { direction, reader }',
    "zone, mover, { direction: 'entry', reader }",
    'A6',
  ],
  'one zone of a reader learns of the passage': [
    '{ direction, reader }));',
    '{ direction, reader }));\n        break;',
    'A11',
  ],
});
const records = faultsIn('zoneRecords.js', {
  'whoever left is counted inside': ["record.direction === 'entry' ? 1 : 0", '1', 'A22'],
  'nobody counted out': ['before.inside - gone.inside', 'before.inside', 'A22'],
  'supervisors who leave stay counted': [
    'before.supervisors - gone.supervisors',
    'before.supervisors',
    'A22',
  ],
  'everybody is a supervisor': ["hasMark(record, 'supervisor') ? inside", 'true ? inside', 'A22'],
  'forgiven is never seen where an entry is required': [
    'site.zones.get(zone)?.requireEntry === true || ',
    '',
    'A13',
  ],
  'forgiven is never seen around a zone': [' || site.innerZones.has(zone)', '', 'A12'],
  'forgiven is outside': ["marks: ['cleared']", 'marks: []', 'A18'],
  'forgiving one forgets nobody': [
    'state: withRecord(state, change.zone, change.user, undefined)',
    'state: state',
    'A17',
  ],
  'forgiving all forgets nobody': ['state: withOthers(state, change.zone, noRecords)', 'state: state', 'A17'],
});
const violations = faultsIn('violations.js', {
  'each refusal blocks': ['violation.blocks ?', 'true ?', 'A3'],
  'no refusal blocks': ['violation.blocks ?', 'false ?', 'A3'],
  'a block moves its user out': ['{ ...before, marks', "{ ...before, direction: 'exit', marks", 'A3'],
  'passback named in no row': ["kind: 'passback-violation'", "kind: 'access-granted'", 'A2'],
});
export const zoneModelMutants: readonly Mutant[] = [
  ...passback,
  ...judging,
  ...occupancy,
  ...moves,
  ...records,
  ...violations,
];
