/** What the number inside switches: an output while somebody is in, nobody is, or no more fit; and the assembly points. */
import { t } from '../../i18n.js';
import { Button } from '../../parts/button.js';
import { Choices } from '../../parts/choices.js';
import { FieldError } from '../../parts/form.js';
import { Menu } from '../../parts/menu.js';
import { site } from '../../site.js';
import { useStore } from '../../store.js';
import type { ZoneCount } from '../../zoneModel.js';
import type { Part } from './zoneFiner.js';

const countsMax = 8;

export function ZoneCounts({ edit: { draft, set } }: Part) {
  const here = useStore(site);
  const counts = draft.counts ?? [];
  const members = new Set(draft.members.map(({ reader }) => reader));
  const change = (next: readonly ZoneCount[]) => set({ counts: next.length === 0 ? undefined : next });
  return (
    <>
      <fieldset class="stack">
        <legend class="label">{t('zones.field.counts')}</legend>
        {counts.map((count, index) => (
          <CountRow
            key={index}
            count={count}
            outputs={here?.outputs ?? []}
            change={(next) => change(counts.map((one, at) => (at === index ? next : one)))}
            remove={() => change(counts.filter((_, at) => at !== index))}
          />
        ))}
        <FieldError name="counts" />
        {counts.length >= countsMax ? null : (
          <div class="actions">
            <Button size="small" icon="plus" onClick={() => change([...counts, { when: 'occupied' }])}>
              {t('action.add')}
            </Button>
          </div>
        )}
      </fieldset>
      <Choices
        legend={t('zones.field.musterReaders')}
        name="musterReaders"
        all={(here?.readers ?? []).filter(({ id }) => !members.has(id))}
        chosen={draft.musterReaders ?? []}
        change={(chosen) => set({ musterReaders: chosen.length === 0 ? undefined : chosen })}
      />
    </>
  );
}

interface RowProps {
  readonly count: ZoneCount;
  readonly outputs: readonly string[];
  readonly change: (count: ZoneCount) => void;
  readonly remove: () => void;
}

function CountRow({ count, outputs, change, remove }: RowProps) {
  const { when, at, output } = count;
  const put = (next: { when?: string; at?: number | undefined; output?: string }) => {
    const merged = { when, at, output, ...next };
    change({
      when: merged.when as ZoneCount['when'],
      ...(merged.when !== 'full' || merged.at === undefined ? {} : { at: merged.at }),
      ...(merged.output === undefined || merged.output === '' ? {} : { output: merged.output }),
    });
  };
  return (
    <div class="zone-action">
      <span class="grow">
        <Menu
          label={t('zones.count.when')}
          value={when}
          options={(['occupied', 'empty', 'full'] as const).map((key) => [key, t(`zones.count.${key}`)])}
          set={(text) => put({ when: text })}
        />
        {when === 'full' ? (
          <input
            type="number"
            min={1}
            aria-label={t('zones.count.at')}
            placeholder={t('zones.count.at')}
            value={at ?? ''}
            onInput={({ currentTarget: { value } }) => put({ at: value === '' ? undefined : Number(value) })}
          />
        ) : null}
        <Menu
          label={t('zones.count.output')}
          value={output ?? ''}
          options={[['', t('zones.count.row')], ...outputs.map((one) => [one, one] as const)]}
          set={(text) => put({ output: text })}
        />
      </span>
      <Button
        kind="quiet"
        icon="trash"
        label={`${t('action.delete')} ${t(`zones.count.${when}`)}`}
        onClick={remove}
      />
    </div>
  );
}
