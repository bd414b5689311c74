/** How everything is wired, as the site file says: the header of the Pi drawn, and every wire in a table. */

import { t } from '../../i18n.js';
import type { Wire, WiringInfo } from '../../model.js';
import { Panel, Waiting } from '../../parts/panel.js';
import { TableScroll } from '../../parts/tableScroll.js';
import { useResource } from '../../resource.js';
import { doorName } from '../../site.js';

/** Pins of the 40-pin header that carry no line (Raspberry Pi documentation). */
const power: Readonly<Record<number, string>> = {
  1: '3V3',
  17: '3V3',
  2: '5V',
  4: '5V',
  6: 'GND',
  9: 'GND',
  14: 'GND',
  20: 'GND',
  25: 'GND',
  30: 'GND',
  34: 'GND',
  39: 'GND',
};

export function Wiring() {
  const { value, problem, reload } = useResource<WiringInfo>('/api/v1/wiring');
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  const onHeader = value.items.some(({ headerPin }) => headerPin !== undefined);
  return (
    <div class="stack">
      <Panel title={t(onHeader ? 'wiring.header' : 'wiring.board')} note={t('wiring.note')}>
        {onHeader ? <Header wires={value.items} /> : <Terminals wires={value.items} />}
      </Panel>
      {value.interlocks.length === 0 ? null : (
        <Panel title={t('wiring.interlocks')} note={t('wiring.interlocks.note')}>
          <ul>
            {value.interlocks.map(({ id, doors }) => (
              <li key={id}>{doors.map(doorName).join(' + ')}</li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={t('wiring.table')}>
        <WireTable wires={value.items} />
      </Panel>
    </div>
  );
}

function Header({ wires }: { readonly wires: readonly Wire[] }) {
  const wireAt = (pin: number) => wires.find(({ headerPin }) => headerPin === pin);
  const rows = Array.from({ length: 20 }, (_, index) => index * 2 + 1);
  return (
    <ol class="header-pins" aria-label={t('wiring.header')}>
      {rows.map((odd) => (
        <li key={odd}>
          <PinLabel wire={wireAt(odd)} />
          <Pin pin={odd} wire={wireAt(odd)} />
          <Pin pin={odd + 1} wire={wireAt(odd + 1)} />
          <PinLabel wire={wireAt(odd + 1)} />
        </li>
      ))}
    </ol>
  );
}

function Pin({ pin, wire }: { readonly pin: number; readonly wire: Wire | undefined }) {
  const kind = wire?.direction ?? (power[pin] === undefined ? 'free' : 'power');
  return (
    <span class={`pin ${kind}`}>
      <span class="hidden">{power[pin] ?? wire?.line ?? t('wiring.free')}</span>
      {pin}
      {power[pin] === undefined ? null : <small>{power[pin]}</small>}
    </span>
  );
}

function PinLabel({ wire }: { readonly wire: Wire | undefined }) {
  return <span class="pin-label">{wire === undefined ? '' : `${wire.where}: ${wire.use}`}</span>;
}

/** A board without the header of a Pi: its terminals that are used. */
function Terminals({ wires }: { readonly wires: readonly Wire[] }) {
  return (
    <ul class="terminals">
      {wires.map(({ line, where, use, direction }) => (
        <li key={`${line} ${use}`} class={`pin-terminal ${direction}`}>
          <code>{line}</code>
          <span>{where}</span>
          <span class="hint">{use}</span>
        </li>
      ))}
    </ul>
  );
}

function WireTable({ wires }: { readonly wires: readonly Wire[] }) {
  return (
    <TableScroll label={t('wiring.table')}>
      <table class="table">
        <thead>
          <tr>
            {(['where', 'use', 'line', 'pin', 'direction', 'active', 'boot'] as const).map((name) => (
              <th key={name} scope="col">
                {t(`wiring.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {wires.map(({ where, use, line, headerPin, direction, active, bootLevel }) => (
            <tr key={`${line} ${use}`}>
              <th scope="row">{where}</th>
              <td>{use}</td>
              <td>
                <code>{line}</code>
              </td>
              <td>{headerPin ?? '–'}</td>
              <td>{t(`wiring.${direction}`)}</td>
              <td>{t(`wiring.${active}`)}</td>
              <td>{t(`wiring.${bootLevel}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}
