/** Car pools: who passes together with one card at the readers for vehicles. */
import { t } from '../../i18n.js';
import { Button } from '../../parts/button.js';
import { CheckField, TextField } from '../../parts/field.js';
import { FieldError } from '../../parts/form.js';
import { PeoplePick } from '../../parts/peoplePick.js';
import { readerName, site } from '../../site.js';
import { useStore } from '../../store.js';
import type { Vehicle } from '../../zoneModel.js';
import type { Part } from './zoneFiner.js';

export function ZoneVehicles({ edit: { draft, set } }: Part) {
  useStore(site);
  const vehicles = draft.vehicles ?? [];
  const change = (next: readonly Vehicle[]) => set({ vehicles: next.length === 0 ? undefined : next });
  const mark = (reader: string, vehicle: boolean) =>
    set({
      members: draft.members.map((member) => {
        const { vehicle: _before, ...rest } = member;
        if (member.reader !== reader) return member;
        return vehicle ? { ...rest, vehicle } : rest;
      }),
    });
  return (
    <>
      <fieldset class="stack">
        <legend class="label">{t('zones.vehicle.readers')}</legend>
        {draft.members.map(({ reader, vehicle = false }) => (
          <CheckField
            key={reader}
            label={readerName(reader)}
            checked={vehicle}
            onInput={(on) => mark(reader, on)}
          />
        ))}
      </fieldset>
      <fieldset class="stack">
        <legend class="label">{t('zones.field.vehicles')}</legend>
        {vehicles.map((vehicle, index) => {
          const put = (more: Partial<Vehicle>) =>
            change(vehicles.map((one, at) => (at === index ? { ...vehicle, ...more } : one)));
          return (
            <div key={index} class="subpanel stack">
              <TextField
                label={t('zones.vehicle.name')}
                name={`vehicles.${index}.name`}
                value={vehicle.name}
                maxLength={48}
                onInput={(name) => put({ name })}
              />
              <PeoplePick
                legend={t('zones.vehicle.users')}
                name={`vehicles.${index}.users`}
                chosen={vehicle.users}
                change={(users) => put({ users })}
              />
              <div class="actions">
                <Button
                  size="small"
                  icon="trash"
                  onClick={() => change(vehicles.filter((_, at) => at !== index))}
                >
                  {t('action.delete')}
                </Button>
              </div>
            </div>
          );
        })}
        <FieldError name="vehicles" alone />
        <div class="actions">
          <Button size="small" icon="plus" onClick={() => change([...vehicles, { name: '', users: [] }])}>
            {t('zones.vehicle.add')}
          </Button>
        </div>
      </fieldset>
    </>
  );
}
