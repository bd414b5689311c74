/** What few zones need: each side judged on its own, other resets, company, a zone that another controller keeps. */
import type { ComponentChildren } from 'preact';
import type { Edit } from '../../edit.js';
import { t } from '../../i18n.js';
import type { MessageKey } from '../../messages/en.js';
import type { Group } from '../../model.js';
import { useAll } from '../../names.js';
import { Choices } from '../../parts/choices.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { PeoplePick } from '../../parts/peoplePick.js';
import type { Zone } from '../../zoneModel.js';
import { ZoneCounts } from './zoneCounts.js';
import { ZoneVehicles } from './zoneVehicles.js';

export interface Part {
  readonly edit: Edit<Zone>;
}

/** An absent choice is the usual one. */
export function optional<K extends keyof Zone>(name: K, value: unknown, usual: unknown): Partial<Zone> {
  return { [name]: value === usual ? undefined : value } as Partial<Zone>;
}

export function ZoneFiner({ edit }: Part) {
  return (
    <>
      <Section title={t('zones.finer.sides')}>
        <Sides edit={edit} />
      </Section>
      <Section title={t('zones.finer.resets')}>
        <Resets edit={edit} />
      </Section>
      <Section title={t('zones.finer.people')}>
        <Company edit={edit} />
        <PeoplePick
          legend={t('zones.field.bypassUsers')}
          name="bypassUsers"
          chosen={edit.draft.bypassUsers ?? []}
          change={(users) => edit.set({ bypassUsers: users.length === 0 ? undefined : users })}
        />
        <ZoneVehicles edit={edit} />
      </Section>
      <Section title={t('zones.finer.counts')}>
        <ZoneCounts edit={edit} />
      </Section>
      <Section title={t('zones.finer.owner')}>
        <Owner edit={edit} />
      </Section>
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <details class="finer">
      <summary>{title}</summary>
      <div class="form">{children}</div>
    </details>
  );
}

function Choice({
  edit: { draft, set },
  name,
  keys,
  usual,
}: Part & {
  readonly name: 'passback' | 'tailgate' | 'timedAt' | 'ownerLost';
  readonly keys: readonly string[];
  readonly usual: string;
}) {
  return (
    <SelectField
      label={t(`zones.field.${name}`)}
      name={name}
      value={draft[name] ?? usual}
      onInput={(text) => set(optional(name, text, usual))}
      options={keys.map((key) => [key, t(`zones.${name}.${key}` as MessageKey)])}
    />
  );
}

function Flag({
  edit: { draft, set },
  name,
}: Part & { readonly name: 'requireEntry' | 'startAtFirst' | 'trackWhileDisabled' }) {
  return (
    <CheckField
      label={t(`zones.field.${name}`)}
      name={name}
      checked={draft[name] === true}
      onInput={(on) => set(optional(name, on, false))}
    />
  );
}

function Sides({ edit }: Part) {
  return (
    <>
      <div class="pair">
        <Choice edit={edit} name="passback" keys={['type', 'none', 'soft', 'hard']} usual="type" />
        <Choice edit={edit} name="tailgate" keys={['type', 'none', 'soft', 'hard']} usual="type" />
        <Choice edit={edit} name="timedAt" keys={['same-reader', 'any-reader']} usual="same-reader" />
      </div>
      <Flag edit={edit} name="requireEntry" />
      <Flag edit={edit} name="startAtFirst" />
      <Flag edit={edit} name="trackWhileDisabled" />
    </>
  );
}

function Resets({ edit: { draft, set } }: Part) {
  const groups = useAll<Group>('groups');
  const { dailyReset: daily } = draft;
  return (
    <>
      <div class="pair">
        <TextField
          label={t('zones.field.resetEveryMinutes')}
          hint={t('zones.empty.never')}
          name="resetEveryMinutes"
          type="number"
          min={1}
          max={10_080}
          value={String(draft.resetEveryMinutes ?? '')}
          onInput={(text) => set({ resetEveryMinutes: text === '' ? undefined : Number(text) })}
        />
        <SelectField
          label={t('zones.daily.to')}
          name="dailyReset.to"
          disabled={daily === undefined}
          value={daily?.to ?? 'unknown'}
          onInput={(to) => set({ dailyReset: { ...daily, to } } as Partial<Zone>)}
          options={[
            ['unknown', t('zones.daily.unknown')],
            ['outside', t('zones.daily.outside')],
          ]}
        />
      </div>
      {daily === undefined ? null : (
        <Choices
          legend={t('zones.daily.groups')}
          name="dailyReset.groups"
          all={groups}
          chosen={daily.groups ?? []}
          change={(chosen) => {
            const { groups: _before, ...rest } = daily;
            set({ dailyReset: chosen.length === 0 ? rest : { ...rest, groups: chosen } });
          }}
        />
      )}
    </>
  );
}

function Company({ edit: { draft, set } }: Part) {
  const { min, ...others } = draft.occupancy ?? {};
  const change = (more: object | undefined) => {
    const usual = { count: 2, withinSeconds: 30, severity: 'hard' };
    const merged = more === undefined ? others : { ...others, min: { ...usual, ...min, ...more } };
    set({ occupancy: Object.keys(merged).length === 0 ? undefined : merged } as Partial<Zone>);
  };
  return (
    <div class="pair">
      <TextField
        label={t('zones.min')}
        hint={t('zones.min.hint')}
        name="occupancy.min.count"
        type="number"
        min={2}
        max={16}
        value={String(min?.count ?? '')}
        onInput={(text) => change(text === '' ? undefined : { count: Number(text) })}
      />
      <TextField
        label={t('zones.min.within')}
        name="occupancy.min.withinSeconds"
        type="number"
        min={1}
        max={300}
        disabled={min === undefined}
        value={String(min?.withinSeconds ?? '')}
        onInput={(text) => change({ withinSeconds: Number(text) })}
      />
      <SelectField
        label={t('zones.min.severity')}
        name="occupancy.min.severity"
        disabled={min === undefined}
        value={min?.severity ?? 'hard'}
        onInput={(severity) => change({ severity })}
        options={[
          ['hard', t('zones.type.hard')],
          ['soft', t('zones.type.soft')],
        ]}
      />
    </div>
  );
}

function Owner({ edit }: Part) {
  const { draft, set } = edit;
  return (
    <div class="pair">
      <TextField
        label={t('zones.field.owner')}
        hint={t('zones.owner.hint')}
        name="owner"
        value={draft.owner ?? ''}
        onInput={(text) => set({ owner: text === '' ? undefined : text })}
      />
      <Choice edit={edit} name="ownerLost" keys={['last-known', 'deny', 'allow']} usual="last-known" />
    </div>
  );
}
