/** The site of the loop: two doors and four readers, on the header for the guest, and on the mock for its enrolment. */

interface LoopReader {
  readonly id: string;
  readonly door: string;
  readonly d0: number;
  readonly d1: number;
}

/** GPIO by BCM number, as wired to the simulated chip. */
export const relay = { lobby: 16, garage: 22 };
export const contact = 21;
export const rex = 18;
/** Closed loops: open, or a broken wire, is an alarm. */
export const fire = 12;
export const tamper = 13;

export const readers: readonly LoopReader[] = [
  { id: 'lobby-a', door: 'lobby', d0: 23, d1: 24 },
  { id: 'lobby-b', door: 'lobby', d0: 17, d1: 27 },
  { id: 'garage-a', door: 'garage', d0: 25, d1: 20 },
  { id: 'garage-b', door: 'garage', d0: 19, d1: 26 },
];

/** Cards that open every door, facility 25. */
export const cards = [4_801, 4_802, 4_803, 4_804] as const;
export const facility = 25;
/** A card in the longest format there may be, which is the site's own. */
export const longNumber = `1${'7204851396'.repeat(7)}42`;

interface Wires {
  readonly board: string;
  readonly line: (bcm: number) => string;
  readonly more: string;
  readonly wiegand: boolean;
  readonly alarms: boolean;
}

function siteFile({ board, line, more, wiegand, alarms }: Wires): string {
  const wired = ({ id, door, d0, d1 }: LoopReader): string => {
    const pair = `, wiegand: { d0: ${line(d0)}, d1: ${line(d1)}, formats: [H10301, long-256] }`;
    const housing = alarms && id === 'lobby-a' ? `, tamper: { line: ${line(tamper)} }` : '';
    return `  ${id}: { door: ${door}, direction: entry${wiegand ? pair + housing : ''} }`;
  };
  return `name: Loop
board: ${board}
${more}timeZone: UTC
clock: assume-trusted
${alarms ? `fire: { line: ${line(fire)} }\n` : ''}formats:
  long-256:
    bits: 256
    number: 1-254
    parity:
      - { bit: 0, kind: even, over: 1-127 }
      - { bit: 255, kind: odd, over: 128-254 }
doors:
  lobby:
    name: Lobby
    number: 1
    relay: { line: ${line(relay.lobby)} }
    rex: { line: ${line(rex)}, activeLow: true }
  garage:
    name: Garage
    number: 2
    relay: { line: ${line(relay.garage)} }
    contact: { line: ${line(contact)}, activeLow: true, openWhen: inactive }
readers:
${readers.map(wired).join('\n')}
`;
}

const header = (bcm: number): string => `gpio${bcm}`;

/** For the guest, with the character device. */
export const gpiochipSite = siteFile({ board: 'pi', line: header, more: '', wiegand: true, alarms: true });
/** For the guest, over sysfs, which no Wiegand reader is read through. */
export const onoffSite = siteFile({
  board: 'pi',
  line: header,
  more: 'driver: onoff\n',
  wiegand: false,
  alarms: true,
});
/** For the host. */
export const mockSite = siteFile({
  board: 'mock',
  line: mockLine,
  more: '',
  wiegand: true,
  alarms: false,
});

function mockLine(bcm: number): string {
  if (bcm === relay.lobby) return 'relay1';
  if (bcm === relay.garage) return 'relay2';
  if (bcm === contact) return 'in1';
  if (bcm === rex) return 'in2';
  const index = readers.findIndex(({ d0, d1 }) => bcm === d0 || bcm === d1);
  return `w${index + 1}.${readers[index]?.d0 === bcm ? 'd0' : 'd1'}`;
}
