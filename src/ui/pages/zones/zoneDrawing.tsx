/** A zone as an area: who comes in on the left, who goes out on the right, how many are inside. */
import { number, t } from '../../i18n.js';
import { Icon } from '../../parts/icon.js';
import { readerName, zoneName } from '../../site.js';
import type { Zone } from '../../zoneModel.js';

export function ZoneDrawing({ zone, inside }: { readonly zone: Zone; readonly inside?: number | undefined }) {
  const of = (direction: 'entry' | 'exit') => zone.members.filter((member) => member.direction === direction);
  return (
    <div class={`zone-drawing ${zone.disabled ? 'off' : ''}`}>
      <Side title={t('direction.entry')} readers={of('entry').map(({ reader }) => reader)} />
      <div class="zone-area">
        {zone.inside === undefined ? null : (
          <span class="hint">{t('zones.within', { zone: zoneName(zone.inside) })}</span>
        )}
        <strong>{zone.name}</strong>
        {inside === undefined ? null : (
          <span class="zone-count">
            {number(inside)}
            <span class="hint">{t('zones.inside')}</span>
          </span>
        )}
        {zone.occupancy?.max === undefined ? null : (
          <span class="hint">{t('zones.atmost', { count: zone.occupancy.max.count })}</span>
        )}
      </div>
      <Side title={t('direction.exit')} readers={of('exit').map(({ reader }) => reader)} />
    </div>
  );
}

function Side({ title, readers }: { readonly title: string; readonly readers: readonly string[] }) {
  return (
    <div class="zone-side">
      <span class="hint">{title}</span>
      <ul>
        {readers.map((reader) => (
          <li key={reader}>
            <span>{readerName(reader)}</span>
            <Icon name="forward" size={16} />
          </li>
        ))}
        {readers.length === 0 ? <li class="hint">–</li> : null}
      </ul>
    </div>
  );
}
