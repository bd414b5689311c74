/** Which readers lead into the zone and which out of it. */
import { t } from '../../i18n.js';
import { FieldError } from '../../parts/form.js';
import { site } from '../../site.js';
import { useStore } from '../../store.js';
import type { Zone } from '../../zoneModel.js';

interface Props {
  readonly draft: Zone;
  readonly change: (members: Zone['members']) => void;
}

export function ZoneMembers({ draft, change }: Props) {
  const readers = useStore(site)?.readers ?? [];
  const put = (reader: string, way: string) => {
    const others = draft.members.filter((member) => member.reader !== reader);
    if (way !== 'entry' && way !== 'exit') return change(others);
    const before = draft.members.find((member) => member.reader === reader);
    change([...others, { ...before, reader, direction: way }]);
  };
  return (
    <fieldset>
      <legend class="label">{t('zones.field.members')}</legend>
      <ul class="right-doors">
        {readers.map(({ id, name }) => {
          const way = draft.members.find(({ reader }) => reader === id)?.direction ?? '';
          return (
            <li key={id}>
              <span>{name}</span>
              <select
                aria-label={t('zones.member', { reader: name })}
                value={way}
                onChange={(event) => put(id, event.currentTarget.value)}
              >
                {(['', 'entry', 'exit'] as const).map((key) => (
                  <option key={key} value={key} selected={key === way}>
                    {key === '' ? t('zones.member.no') : t(`direction.${key}`)}
                  </option>
                ))}
              </select>
            </li>
          );
        })}
      </ul>
      <FieldError name="members" />
    </fieldset>
  );
}
