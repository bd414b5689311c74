/** Faults in readers that ask for card and PIN, and in doors of which only one may be open. */
import { faultsIn, type Mutant } from './mutant.js';

export const readerMutants: readonly Mutant[] = [
  ...faultsIn('pin.js', {
    'a card alone opens where both are asked': [
      'return { asked, complete: false };',
      'return { asked, complete: true };',
      'I11',
    ],
    'a PIN alone opens where both are asked': [
      "if (wait === undefined)\n        return { asked, complete: true, refusal: 'pin-not-accepted' };",
      'if (wait === undefined)\n        return { asked, complete: true };',
      'I11',
    ],
    "anybody's PIN completes the card": [
      'if (asked.user?.id !== user.id) {',
      'if (asked.user === undefined) {',
      'I11',
    ],
    'a PIN opens where a card is asked': [
      "return isPin ? { asked, complete: true, refusal: 'pin-not-accepted' } : { asked, complete: true };",
      'return { asked, complete: true };',
      'I11',
    ],
    'a card waits for its PIN too long': [
      'if (wait.untilMonoMs > turn.at.monoMs)',
      'if (wait.untilMonoMs + 500 > turn.at.monoMs)',
      'I21',
    ],
    'a PIN is looked at while its reader is closed': [
      'if (isLockedOut(turn.state, asked))',
      'if (false)',
      'I14',
    ],
  }),
  ...faultsIn('lockout.js', { 'wrong PINs are not counted': ["    'wrong-pin',\n", '', 'I14'] }),
  ...faultsIn('decide.js', {
    'interlock not asked when it is decided': [
      "return saidOf(interlockedBy(site, state, asked.door) === undefined ? undefined : 'interlock');",
      'return notAsked;',
      'I11',
    ],
  }),
  ...faultsIn('passage.js', {
    'interlock not asked again at the relay': [
      'if (interlockedBy(turn.site, turn.state, door.id) !== undefined) {',
      'if (false) {',
      'I19',
    ],
  }),
  ...faultsIn('doorCommand.js', {
    'an operator opens both doors of a mantrap': [
      'if (locks || interlockedBy(turn.site, turn.state, door, together) === undefined)',
      'if (true)',
      'I21',
    ],
    'both doors of a mantrap opened by one command': [
      'interlockedBy(turn.site, turn.state, door, together)',
      'interlockedBy(turn.site, turn.state, door, [])',
      'I21',
    ],
    'one bad door of several stops only what follows it': [
      'for (const door of each) {',
      'for (const door of each) {\n        if (each.indexOf(door) > 0)\n            setStanding(turn, { ...common, door: each[0] });',
      'I21',
    ],
  }),
  ...faultsIn('interlock.js', {
    'a grant on its way to the disk leaves the other door free': [
      "return !state.awaiting.some(({ outcome }) => outcome.kind === 'grant' && outcome.door === door);",
      'return true;',
      'I11',
    ],
    'two open doors of a mantrap leave no row': [
      "if (turn.state.doors.get(other)?.leaf !== 'open')",
      'if (true)',
      'I21',
    ],
    'an interlock holds in a fire': ["if (state.fire !== 'off')\n        return undefined;", '', 'I11'],
  }),
];
