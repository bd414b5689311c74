/** A site as large as one controller has: eight doors with long names, outputs, a fire input, an OSDP line. */

const places = [
  'Haupteingang Verwaltungsgebäude Nord',
  'Warenannahme und Kühlhaus 2',
  'Tiefgarage Einfahrt',
  'Serverraum Untergeschoss',
  'Gefahrstofflager',
  'Personaleingang Schichtbetrieb',
  'Dachterrasse',
  'Empfang',
];

/** The site file; `serial` is a device with readers at the addresses 1 and 2, none if absent. */
export function largeSite(serial?: string): string {
  const doors = places.map(
    (name, n) =>
      `  d${n + 1}: { name: "${name}", number: ${n + 1}, relay: { line: relay${n + 1} }, ` +
      `contact: { line: in${n + 1}, openWhen: active } }`,
  );
  const readers = places.flatMap((name, n) => [
    `  d${n + 1}-in: { name: "${name} innen", door: d${n + 1}, direction: entry, wiegand: { d0: w${n + 1}.d0, d1: w${n + 1}.d1, formats: [H10301] } }`,
    `  d${n + 1}-out: { name: "${name} außen", door: d${n + 1}, direction: exit${osdpOf(n, serial)} }`,
  ]);
  return `name: Logistikzentrum Donaudampfschifffahrtsgesellschaft
board: mock
timeZone: UTC
fire: { line: in9 }
interlocks: { schleuse: [d1, d2] }
outputs:
  lamp: { line: w7.led }
  siren: { line: w8.led }
${serial === undefined ? '' : `serial:\n  rs485: { device: ${serial}, baud: 9600 }\n`}doors:
${doors.join('\n')}
readers:
${readers.join('\n')}
`;
}

function osdpOf(n: number, serial: string | undefined): string {
  if (serial === undefined || n > 1) return '';
  return `, osdp: { line: rs485, address: ${n + 1}, formats: [H10301] }`;
}
