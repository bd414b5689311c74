/** One action: where, what exactly, how often, after how long, and until when. */
import { t } from '../i18n.js';
import type { MessageKey } from '../messages/en.js';
import { site } from '../site.js';
import { useStore } from '../store.js';
import type { ZoneAction } from '../zoneModel.js';
import { CheckField } from './field.js';
import { Menu } from './menu.js';

interface Props {
  readonly action: ZoneAction;
  readonly change: (action: ZoneAction) => void;
}

export function ActionFields({ action, change }: Props) {
  return (
    <span class="action-fields">
      <Where action={action} change={change} />
      <What action={action} change={change} />
      <Amount
        label={t('zones.action.delay')}
        value={action.delayMs / 1_000}
        max={65}
        set={(seconds) => change({ ...action, delayMs: Math.round(seconds * 1_000) })}
      />
      <Menu
        seen
        label={t('zones.action.stop')}
        value={action.stop}
        options={(['never', 'door-closed', 'next-action'] as const).map((key) => [
          key,
          t(`zones.stop.${key}`),
        ])}
        set={(stop) => change({ ...action, stop: stop as ZoneAction['stop'] })}
      />
    </span>
  );
}

function Where({ action, change }: Props) {
  const here = useStore(site);
  const named = (list: readonly { readonly id: string; readonly name: string }[] | undefined) =>
    (list ?? []).map(({ id, name }) => [id, name] as const);
  const label = t('zones.action.where');
  switch (action.kind) {
    case 'led':
    case 'buzzer':
      return (
        <Menu
          seen
          label={label}
          value={action.reader}
          options={named(here?.readers)}
          set={(reader) => change({ ...action, reader })}
        />
      );
    case 'lock-door':
    case 'unlock-door':
      return (
        <Menu
          seen
          label={label}
          value={action.door}
          options={named(here?.doors)}
          set={(door) => change({ ...action, door })}
        />
      );
    case 'output':
      return (
        <Menu
          seen
          label={label}
          value={action.output}
          options={(here?.outputs ?? []).map((id) => [id, id])}
          set={(output) => change({ ...action, output })}
        />
      );
    case 'url':
      return (
        <input
          aria-label={label}
          value={action.url}
          onInput={(event) => change({ ...action, url: event.currentTarget.value })}
          required
        />
      );
    case 'release-alarm':
      return null;
  }
}

const colours = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta', 'white', 'off'];
const tones = ['low', 'middle', 'high', 'off'];

function What({ action, change }: Props) {
  switch (action.kind) {
    case 'led': {
      const { pattern } = action;
      const steps = (color: string) => pattern.steps.map((one) => ({ ...one, color }));
      return (
        <>
          <Menu
            seen
            label={t('zones.action.colour')}
            value={pattern.steps[0]?.color ?? 'red'}
            options={wordsOf('zones.colour', colours)}
            set={(color) => change({ ...action, pattern: { ...pattern, steps: steps(color) } })}
          />
          <Times
            count={pattern.count}
            set={(count) => change({ ...action, pattern: { ...pattern, count } })}
          />
        </>
      );
    }
    case 'buzzer': {
      const { pattern } = action;
      const steps = (tone: string) => pattern.steps.map((one) => ({ ...one, tone }));
      return (
        <>
          <Menu
            seen
            label={t('zones.action.tone')}
            value={pattern.steps[0]?.tone ?? 'high'}
            options={wordsOf('zones.tone', tones)}
            set={(tone) => change({ ...action, pattern: { ...pattern, steps: steps(tone) } })}
          />
          <Times
            count={pattern.count}
            set={(count) => change({ ...action, pattern: { ...pattern, count } })}
          />
        </>
      );
    }
    case 'output': {
      const { signal } = action;
      return (
        <>
          <Amount
            label={t('zones.action.on')}
            value={signal.onMs / 1_000}
            max={65}
            set={(seconds) => change({ ...action, signal: { ...signal, onMs: Math.round(seconds * 1_000) } })}
          />
          <Times count={signal.count} set={(count) => change({ ...action, signal: { ...signal, count } })} />
        </>
      );
    }
    case 'url':
      return (
        <CheckField
          label={t('zones.action.basic')}
          hint={t('zones.action.basic.hint')}
          checked={action.basic === true}
          onInput={(on) => {
            const { basic: _before, ...rest } = action;
            change(on ? { ...rest, basic: true } : rest);
          }}
        />
      );
    default:
      return null;
  }
}

function wordsOf(prefix: string, keys: readonly string[]): readonly (readonly [string, string])[] {
  return keys.map((key) => [key, t(`${prefix}.${key}` as MessageKey)]);
}

function Times({ count, set }: { readonly count: number; readonly set: (count: number) => void }) {
  return <Amount label={t('zones.action.times')} value={count} max={65_535} step={1} set={set} />;
}

interface AmountProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly step?: number;
  readonly set: (value: number) => void;
}

function Amount({ label, value, max, step, set }: AmountProps) {
  return (
    <label class="labelled amount">
      <span class="hint">{label}</span>
      <input
        type="number"
        min={0}
        max={max}
        step={step ?? 0.1}
        value={value}
        onInput={(event) => set(Number(event.currentTarget.value))}
      />
    </label>
  );
}
