/** What something sets going, in order; at most five. */
import { useState } from 'preact/hooks';
import { t } from '../i18n.js';
import { site } from '../site.js';
import { useStore } from '../store.js';
import type { ZoneAction } from '../zoneModel.js';
import { ActionFields } from './actionFields.js';
import { Button } from './button.js';
import { FieldError } from './form.js';

export const actionKinds = [
  'led',
  'buzzer',
  'lock-door',
  'unlock-door',
  'url',
  'output',
  'release-alarm',
] as const;
const actionsMax = 5;

type Kind = (typeof actionKinds)[number];

interface Props {
  readonly legend: string;
  /** Name of the list in the API, for its errors. */
  readonly name: string;
  /** What may be added. */
  readonly kinds: readonly Kind[];
  readonly actions: readonly ZoneAction[];
  readonly change: (actions: readonly ZoneAction[]) => void;
}

export function ActionList({ legend, name, kinds, actions, change }: Props) {
  const [kind, setKind] = useState<Kind>('buzzer');
  const outputs = useStore(site)?.outputs ?? [];
  // Nothing can be pulsed where the site file names no output.
  const offered = kinds.filter((one) => one !== 'output' || outputs.length > 0);
  return (
    <fieldset class="stack">
      <legend class="label">{legend}</legend>
      {actions.map((action, index) => (
        <div key={index} class="zone-action">
          <span class="grow">
            <b>{t(`zones.action.${action.kind}`)}</b>
            <ActionFields
              action={action}
              change={(changed) => change(actions.map((one, at) => (at === index ? changed : one)))}
            />
            <FieldError name={`${name}.${index}`} />
          </span>
          <Button
            kind="quiet"
            icon="trash"
            label={`${t('action.delete')} ${t(`zones.action.${action.kind}`)}`}
            onClick={() => change(actions.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <FieldError name={name} alone />
      {actions.length >= actionsMax ? null : (
        <div class="actions">
          <select
            aria-label={t('zones.action.add')}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
          >
            {offered.map((one) => (
              <option key={one} value={one} selected={one === kind}>
                {t(`zones.action.${one}`)}
              </option>
            ))}
          </select>
          <Button size="small" icon="plus" onClick={() => change([...actions, fresh(kind)])}>
            {t('action.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

/** An action as most people want it. */
function fresh(kind: Kind): ZoneAction {
  const here = site.get();
  const reader = here?.readers[0]?.id ?? '';
  const door = here?.doors[0]?.id ?? '';
  const base = { delayMs: 0, stop: 'never' } as const;
  const step = { durationMs: 300, delayMs: 0 };
  switch (kind) {
    case 'led':
      return { ...base, kind, reader, pattern: { count: 5, steps: [{ color: 'red', ...step }] } };
    case 'buzzer':
      return {
        ...base,
        kind,
        reader,
        pattern: { count: 3, steps: [{ tone: 'high', fadeout: false, ...step }] },
      };
    case 'lock-door':
    case 'unlock-door':
      return { ...base, kind, door };
    case 'url':
      return { ...base, kind, url: 'https://' };
    case 'output':
      return {
        ...base,
        kind,
        output: here?.outputs[0] ?? '',
        signal: { count: 1, onMs: 1_000, offMs: 0, delayMs: 0 },
      };
    case 'release-alarm':
      return { ...base, kind };
  }
}
