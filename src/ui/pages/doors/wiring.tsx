/** How everything is wired, as the site file says: the header of the Pi drawn, and every wire in a table. */

import { has, t, word } from '../../i18n.js';
import type { MessageKey } from '../../messages/en.js';
import type { Wire, WiringInfo } from '../../model.js';
import { Panel, Waiting } from '../../parts/panel.js';
import { TableScroll } from '../../parts/tableScroll.js';
import { useResource } from '../../resource.js';
import { doorName, readerName } from '../../site.js';

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
  return <span class="pin-label">{wire === undefined ? '' : `${placeOf(wire)}: ${useOf(wire)}`}</span>;
}

/** A board without the header of a Pi: its terminals that are used. */
function Terminals({ wires }: { readonly wires: readonly Wire[] }) {
  return (
    <ul class="terminals">
      {wires.map((wire) => (
        <li key={`${wire.line} ${wire.use}`} class={`pin-terminal ${wire.direction}`}>
          <code>{wire.line}</code>
          <span>{placeOf(wire)}</span>
          <span class="hint">{useOf(wire)}</span>
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
          {wires.map((wire) => (
            <tr key={`${wire.line} ${wire.use}`}>
              <th scope="row">{placeOf(wire)}</th>
              <td>{useOf(wire)}</td>
              <td>
                <code>{wire.line}</code>
              </td>
              <td>{wire.headerPin ?? '–'}</td>
              <td>{t(`wiring.${wire.direction}`)}</td>
              <td>{t(`wiring.${wire.active}`)}</td>
              <td>{t(`wiring.${wire.bootLevel}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}

/** Where a wire belongs, by the name that people gave the door or reader. */
function placeOf({ where }: Wire): string {
  const [kind = '', id = ''] = where.split(' ', 2);
  const name = kind === 'door' ? doorName(id) : kind === 'reader' ? readerName(id) : id;
  return `${word('wiring.of', kind)} ${name}`.trim();
}

/** What a wire is for; as the controller says it where we have no words for it. */
function useOf({ as, facts, use }: Wire): string {
  const key = `wiring.as.${as}`;
  if (!has(key)) return use;
  const said = Object.entries(facts).map(([name, fact]) => [
    name,
    name === 'door' ? doorName(fact) : word('wiring.fact', fact),
  ]);
  return t(key as MessageKey, Object.fromEntries(said));
}
