/** Faults in the zone rules beyond the naive model, which the transcripts of anti-passback must find. */
import { faultsIn, type Mutant } from './mutant.js';

const judging = faultsIn('zoneJudge.js', {
  'lost owner bars exits': [
    "zone.ownerLost === 'deny' && direction === 'entry'",
    "zone.ownerLost === 'deny'",
    'A26',
  ],
  'lost owner bars the exempt': ['lost && !excused && ', 'lost && ', 'A26'],
  'lost owner bars by a disabled zone': [
    "!zone.disabled && zone.ownerLost === 'deny'",
    "zone.ownerLost === 'deny'",
    'A26',
  ],
  'lost owner, last known lets all in': [" && zone.ownerLost !== 'last-known'", '', 'A26'],
  'lost owner, nothing said lets all in': ['lost && zone.ownerLost !== undefined && ', 'lost && ', 'A26'],
  'lost owner, allow judges all the same': [
    "if (lost && zone.ownerLost !== undefined && zone.ownerLost !== 'last-known')",
    'if (false)',
    'A26',
  ],
  'judged by a copy, and not said': [
    'if (lost)\n            unconfirmed',
    'if (false)\n            unconfirmed',
    'A26',
  ],
  'lockdown bars exits': ["direction === 'entry' && state.lockdowns", 'state.lockdowns', 'A24'],
  'lockdown bars nobody': ["direction === 'entry' && state.lockdowns.has(zone.id)", 'false', 'A24'],
});
const occupancy = faultsIn('occupancy.js', {
  'grants that wait take no place': [
    'inside + moving.pendingIn.length + moving.users.length;',
    'inside + moving.users.length;',
    'A22',
  ],
  'minimum one too many': ['people < least', 'people <= least', 'A22'],
  'minimum one too few': ['people < least', 'people < least - 1', 'A22'],
  'the last two may not leave': ['people > 0 && ', '', 'A22'],
  'whoever is leaving keeps company': ['coming - moving.pendingOut.length', 'coming', 'A22'],
  'nobody waits for company': ['rules.min?.withinSeconds ?? 0', '0', 'A22'],
  'company does not count': ['[asked, ...along]', '[asked]', 'A22'],
  'passengers take no places': ['[id, ...companionsOf(site, reader, id)]', '[id]', 'A25'],
  'passengers at each reader': ['.filter(({ vehicle }) => vehicle)', '', 'A25'],
  'the driver moves twice': ['.filter((other) => other !== user)', '', 'A25'],
  'a minimum refuses': ["rule !== 'occupancy-min'", 'rule !== undefined', 'A22'],
  'one may stay alone': ['isLonely(staying, min.count) ? [[', 'false ? [[', 'A22'],
  'a waiting supervisor leads nobody': [
    ' || moving.pendingIn.some((passage) => passage.supervisor)',
    '',
    'A22',
  ],
  'whoever is on the way out stays': [
    '- moving.pendingOut.length - moving.users.length',
    '- moving.users.length',
    'A22',
  ],
  'whoever is on the way in is no company': [
    'inside + moving.pendingIn.length - moving.pendingOut',
    'inside - moving.pendingOut',
    'A22',
  ],
  'somebody who waits is counted twice': [' && !pending.has(user)', '', 'A22'],
});
const counts = faultsIn('zoneCounts.js', {
  'occupied from two': ['inside > 0', 'inside > 1', 'A23'],
  'empty with one': ['inside === 0', 'inside <= 1', 'A23'],
  'full above the maximum': ['return inside >= (at', 'return inside > (at', 'A23'],
  'full does not know the maximum': ['at ?? zone.occupancy?.max?.count ??', 'at ??', 'A23'],
  'outputs before the disk': ['commit <= committedThrough', 'true', 'A23'],
  'without storage nothing counts': ["storage === 'failed' || ", '', 'A23'],
  'deleted zone leaves its output on': ['put(turn, key, undefined, standing);', ';', 'A23'],
  'after a restart all are empty': ['state.records.get(id)?.inside ?? 0', '0', 'A23'],
  'outputs never switched off': ['output, on !== undefined)', 'output, true)', 'A23'],
});
const moves = faultsIn('moves.js', {
  'free pass leads one zone far': ['enterAround(turn, outer, mover, reader);', '[];', 'A12'],
  'group of the daily reset not remembered': ['daily === true ?', 'false ?', 'A19'],
  'a free pass forgets the group': ['[zone, ...zonesAround(turn, zone)]', '[zone]', 'A19'],
  'everybody in the group of the daily reset': ['daily === true ?', 'true ?', 'A19'],
});
const records = faultsIn('zoneRecords.js', {
  'forgiving the unknown counts': ['count: known ? 1 : 0', 'count: 1', 'A17'],
  'the forgiven are counted again': ['count: size - cleared', 'count: size', 'A17'],
  'daily reset of a group takes all': ['marked !== undefined && !hasMark(record, marked)', 'false', 'A19'],
  'a reset leaves the counts': [
    'withOthers(state, zone, counted(trie))',
    'withRecords(state, zone, { ...recordsOf(state, zone), size: trie.size, root: trie.root })',
    'A19',
  ],
  'a reset forgets where it should move': ["change.kind === 'set-all' ?", 'false ?', 'A19'],
  'a deleted user is forgotten in one zone': ['zones.reduce(', 'zones.slice(0, 1).reduce(', 'A17'],
});
const resets = faultsIn('zoneReset.js', {
  'untrusted clock resets': ['if (!isTrusted(turn.at))', 'if (false)', 'C9'],
  'reset after its minute, not at it': ['turn.at.wallMs >= instantOf', 'turn.at.wallMs > instantOf', 'A19'],
  'reset again and again': ['latest <= done', 'latest < done', 'A19'],
  'new reset runs at once': ['done === undefined || done', 'done', 'A19'],
  'mark from a clock far ahead kept': [' || done > today + 1', '', 'C9'],
  'reset not marked': ['markDone(turn, zone.id, done);', '', 'C9'],
  'daily reset of all in spite of groups': ['to, groups !== undefined)', 'to, false)', 'A19'],
  'daily reset never to outside': ["if (to === 'outside')", 'if (false)', 'A19'],
  'after a reset everybody is never seen': ['if (keepsCleared(turn.site, zone.id))', 'if (false)', 'A19'],
  'interval a minute early': ['age < everyMs', 'age < everyMs - MINUTE_MS', 'A20'],
  'interval after its end, not at it': ['age < everyMs', 'age <= everyMs', 'A20'],
  'interval drifts': ['? age % everyMs : 0', '? 0 : 0', 'C9'],
  'interval catches up after an outage': [
    'last.boot === turn.state.boot ? age % everyMs : 0',
    'age % everyMs',
    'C9',
  ],
  'interval begins anew each time': ['if (last === undefined) {', 'if (last !== undefined) {', 'A20'],
  'interval to outside': ["cause: 'interval', to: 'unknown'", "cause: 'interval', to: 'outside'", 'A20'],
  'marks outlive their reset': ['dropMarks(turn, zone, resets);', ';', 'C9'],
  'woken for the last daily reset': ['Math.min(...later)', 'Math.max(...later)', 'A19'],
  'woken for the last interval': ['Math.min(...times)', 'Math.max(...times)', 'A20'],
  'daily mark lost in a restart': ['{ day: value } :', '{} :', 'C9'],
  'interval mark lost in a restart': [': intervalOf(value);', ': {};', 'C9'],
});
const muster = faultsIn('muster.js', {
  'whoever assembles is inside': ["{ direction: 'exit', reader }", "{ direction: 'entry', reader }", 'A24'],
  'placed on the other side by hand': [
    "to === 'inside' ? 'entry' : 'exit'",
    "to === 'inside' ? 'exit' : 'entry'",
    'A24',
  ],
  'placing lifts a block': ['...marksOf(zone, mover, recordOf(turn.state, zone.id, user))', '...[]', 'A24'],
  'by hand, a supervisor is anybody': ['supervisor ? { supervisor } : {}', '{}', 'A22'],
  'by hand, nobody is in a group': ['return { user, groups,', 'return { user, groups: [],', 'A19'],
  'lockdown forgotten in a restart': ['lockdown`, active ? true : null', 'lockdown`, null', 'A24'],
  'muster forgotten in a restart': ['muster`, active ? turn.at.wallMs : null', 'muster`, null', 'A24'],
  'assembling said always': ['turn.state.musters.has(zone), wasInside', 'true, wasInside', 'A24'],
  'was inside said always': ['const wasInside = ', 'const wasInside = true || ', 'A24'],
  'link up taken for down': ['if (up)\n        linked.add', 'if (!up)\n        linked.add', 'A26'],
  'a link that stays tells again': [
    'if (up === turn.state.linked.has(controller))\n        return;',
    '',
    'A26',
  ],
  'lockdown cannot be ended': [
    'lockdowns.add(zone);\n    else\n        lockdowns.delete(zone);',
    'lockdowns.add(zone);',
    'A24',
  ],
  'lockdown outlives its zone': [
    'for (const zone of turn.state.lockdowns) {',
    'for (const zone of []) {',
    'A24',
  ],
  'muster outlives its zone': [
    'for (const zone of turn.state.musters.keys()) {',
    'for (const zone of []) {',
    'A24',
  ],
});
const violations = faultsIn('violations.js', {
  'no alarm at a refusal': [
    'of violated)\n        alarm(turn, door, row, zone);',
    'of violated)\n        ;',
    'A1',
  ],
  'no alarm when let in': ['alarm(turn, door, row, violation.zone);', ';', 'A2'],
  'no actions': ['startActions(turn, `zone/${zone.id}`, door, who);', ';', 'actions'],
  'soft violation called hard': [
    "violationRow(row, violation, 'soft')",
    "violationRow(row, violation, 'hard')",
    'A2',
  ],
  'hard violation called soft': [
    "violationRow(row, violation, 'hard')",
    "violationRow(row, violation, 'soft')",
    'A1',
  ],
});
const pending = faultsIn('antipassback.js', {
  'a grant at the other side refuses': ['(member.direction === direction || !sided(zone))', 'true', 'A15'],
  'a grant elsewhere refuses the exempt': [
    ' && !isExempt(zone, user) && refusesRepeat',
    ' && refusesRepeat',
    'A21',
  ],
  'a grant elsewhere refuses by a disabled zone': ['!zone.disabled && !isExempt', '!isExempt', 'A16'],
  'a grant elsewhere refuses in a soft zone': [
    "return sideSeverity(zone, direction) === 'hard';",
    'return true;',
    'A2',
  ],
});
/** Forgetting many at once. */
const sweeping = [
  ...faultsIn('sweep.js', {
    'all of a sweep in one slice': ['let left = SLICE_RECORDS;', 'let left = Infinity;', 'A17'],
    'a sweep changes before it is ready': [
      'const ready = made.parts.every(isReady);',
      'const ready = true;',
      'A17',
    ],
    'a sweep never ends': ['const ready = made.parts.every(isReady);', 'const ready = false;', 'A17'],
    'a sweep goes on without a pause': [
      'sweepMonoMs: turn.at.monoMs + PAUSE_MS };\n    turn.state',
      'sweepMonoMs: turn.at.monoMs };\n    turn.state',
      'A17',
    ],
    'a sweep forgets those after it': [
      'ready ? later : [made, ...later]',
      'ready ? [] : [made, ...later]',
      'A17',
    ],
    'a sweep without storage changes records': [
      "needsStorage && turn.state.storage === 'failed'",
      'false',
      'A17',
    ],
    'a sweep of zones that are gone waits for ever': ['if (standing.length === 0)', 'if (false)', 'A17'],
    'a sweep leaves rows of zones that are gone': [
      'parts.filter(({ zone }) => turn.site.zones.has(zone))',
      'parts',
      'A17',
    ],
    'a sweep leaves the records': ['turn.state = withRecords(turn.state, zone, ready);', '', 'A17'],
    'a sweep not marked': ['addFact(turn, mark.key, mark.value);', '', 'C9'],
    'a sweep marked though nobody wants it': [
      'turn.state.resets.get(zone)?.[mark.of] !== undefined',
      'true',
      'C9',
    ],
    'a sweep counts traces': [
      "if (!hasMark(record, 'cleared'))\n                met += 1;",
      'met += 1;',
      'A17',
    ],
    'a sweep takes the first of the list only': [
      'change.users.slice(made, made + most)',
      'change.users.slice(0, most)',
      'A17',
    ],
    'a sweep writes no change into its row': ['records: [change] });', 'records: [] });', 'A17'],
  }),
  ...faultsIn('zoneRecords.js', {
    'passages do not follow into a sweep': [
      'ready: put(part.ready, user, swept(part, user, record))',
      'ready: part.ready',
      'A17',
    ],
    'passages pass by a sweep': [
      'ready: put(part.ready, user, swept(part, user, record))',
      'ready: put(part.ready, user, record)',
      'A17',
    ],
    'what is ready outlives the zone': [
      'return { ...part, made: 0, met: 0 };',
      'return { ..._ === undefined ? {} : { ready: _ }, ...part };',
      'A17',
    ],
  }),
  ...faultsIn('zone.js', {
    'a list changed at once': ['if (sum(touched) > SLICE_RECORDS)', 'if (false)', 'A17'],
  }),
  ...faultsIn('zoneReset.js', {
    'a reset changed at once': ["change.kind !== 'forget-zone' && recordsOf", 'false && recordsOf', 'A19'],
  }),
];

export const zoneTranscriptMutants: readonly Mutant[] = [
  ...judging,
  ...occupancy,
  ...counts,
  ...moves,
  ...records,
  ...resets,
  ...muster,
  ...violations,
  ...pending,
  ...sweeping,
];
