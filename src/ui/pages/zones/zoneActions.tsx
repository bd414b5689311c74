/** What a violation sets going, in order; at most five. */
import { useState } from 'preact/hooks';
import type { Problem } from '../../http.js';
import { t } from '../../i18n.js';
import { Button } from '../../parts/button.js';
import { site } from '../../site.js';
import type { ZoneAction } from '../../zoneModel.js';
import { ActionFields } from './actionFields.js';

const kinds = ['led', 'buzzer', 'lock-door', 'unlock-door', 'url', 'output', 'release-alarm'] as const;
const actionsMax = 5;

interface Props {
  readonly actions: readonly ZoneAction[];
  readonly problem: Problem | undefined;
  readonly change: (actions: readonly ZoneAction[]) => void;
}

export function ZoneActions({ actions, problem, change }: Props) {
  const [kind, setKind] = useState<(typeof kinds)[number]>('buzzer');
  const error = problem?.errors?.find(({ field }) => field.startsWith('actions'))?.message;
  return (
    <fieldset class="stack">
      <legend class="label">{t('zones.field.actions')}</legend>
      {actions.map((action, index) => (
        <div key={index} class="zone-action">
          <span class="grow">
            <b>{t(`zones.action.${action.kind}`)}</b>
            <ActionFields
              action={action}
              change={(changed) => change(actions.map((one, at) => (at === index ? changed : one)))}
            />
          </span>
          <Button
            kind="quiet"
            icon="trash"
            label={`${t('action.delete')} ${t(`zones.action.${action.kind}`)}`}
            onClick={() => change(actions.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {error === undefined ? null : <p class="error">{error}</p>}
      {actions.length >= actionsMax ? null : (
        <div class="actions">
          <select
            aria-label={t('zones.action.add')}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
          >
            {kinds.map((one) => (
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
function fresh(kind: (typeof kinds)[number]): ZoneAction {
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
