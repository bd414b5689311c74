/** A new zone: over every reader there is, or one of the usual pairings of a few of them. */
import { useState } from 'preact/hooks';
import { type Answer, ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Reader } from '../../model.js';
import { Dialog } from '../../parts/dialog.js';
import { SelectField, TextField } from '../../parts/field.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { go } from '../../router.js';
import { reloadZones, site } from '../../site.js';
import { useStore } from '../../store.js';
import type { Zone } from '../../zoneModel.js';

/** Left of the colon enters, right of it leaves; with how many readers each wants. */
const presets = { '(1:2);(3:4)': 4, '(1,3):(2,4)': 4, '1:(2,3)': 3, '1:(2,3,4)': 4 } as const;
type Shape = 'all' | keyof typeof presets;
const membersMax = 64;

export function NewZone({ close }: { readonly close: () => void }) {
  const all = useStore(site)?.readers ?? [];
  const [name, setName] = useState(t('zones.new.name'));
  const [type, setType] = useState('soft');
  const [shape, setShape] = useState<Shape>('all');
  const [chosen, setChosen] = useState<Readonly<Record<number, string>>>({});
  const wanted = shape === 'all' ? 0 : presets[shape];
  const readers = Array.from({ length: wanted }, (_, index) => chosen[index] ?? all[index]?.id ?? '');
  const sending = useSending(async () => {
    const made = await make({ name, type, shape, readers, all });
    if (made.ok) {
      await reloadZones();
      go(`/zones/${made.value.id}`);
    }
    return made;
  }, close);
  return (
    <Dialog title={t('zones.new')} onClose={close}>
      <SaveForm sending={sending} cancel={close}>
        <TextField
          label={t('zones.field.name')}
          name="name"
          value={name}
          onInput={setName}
          maxLength={48}
          required
        />
        <SelectField
          label={t('zones.field.type')}
          name="type"
          value={type}
          onInput={setType}
          options={[
            ['soft', t('zones.type.soft')],
            ['hard', t('zones.type.hard')],
          ]}
        />
        <SelectField
          label={t('zones.shape')}
          name={shape === 'all' ? 'members' : 'readers'}
          hint={shape === 'all' ? t('zones.shape.hint') : t('zones.preset.hint')}
          value={shape}
          onInput={(text) => setShape(text as Shape)}
          options={[
            ['all', t('zones.shape.all')],
            ...Object.keys(presets).map((preset) => [preset, preset] as const),
          ]}
        />
        {readers.map((reader, index) => (
          <SelectField
            key={index}
            label={t('zones.preset.reader', { number: index + 1 })}
            name={`readers.${index}`}
            value={reader}
            onInput={(id) => setChosen({ ...chosen, [index]: id })}
            options={all.map((one) => [one.id, one.name])}
          />
        ))}
      </SaveForm>
    </Dialog>
  );
}

interface Wanted {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  readonly readers: readonly string[];
  readonly all: readonly Reader[];
}

async function make({ name, type, shape, readers, all }: Wanted): Promise<Answer<{ readonly id: number }>> {
  if (shape !== 'all') {
    const body = { preset: shape, readers, name, type };
    const made = await ask<{ zones: readonly number[] }>('POST', '/api/v1/zone-operations/preset', { body });
    return made.ok ? { ...made, value: { id: made.value.zones[0] ?? 0 } } : made;
  }
  const members = all.slice(0, membersMax).map(({ id, direction }) => ({ reader: id, direction }));
  return ask<Zone>('POST', '/api/v1/zones', { body: { name, type, members } });
}
