/** RS485 lines with their OSDP readers: how they are, a key installed, the line searched. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { number, t, word } from '../../i18n.js';
import type { OsdpLine, OsdpReader } from '../../model.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { Badge, Panel, type Tone } from '../../parts/panel.js';
import { tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { readerName } from '../../site.js';

export function OsdpLines() {
  const { value, reload } = useResource<{ items: readonly OsdpLine[] }>('/api/v1/osdp', ({ kind }) =>
    kind.startsWith('reader-'),
  );
  const lines = value?.items ?? [];
  // On its way to online a reader writes no row: while one is not there the lines are asked.
  useLooking(
    lines.some(({ readers }) => readers.some(({ state }) => state !== 'online')),
    reload,
  );
  return (
    <>
      {lines.map((line) => (
        <Line key={line.line} line={line} changed={reload} />
      ))}
    </>
  );
}

/** Looks again every second while `wanted`. */
function useLooking(wanted: boolean, look: () => void): void {
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(look, lookMs);
    return () => clearInterval(timer);
  }, [wanted, look]);
}

const bauds = [9_600, 19_200, 38_400, 57_600, 115_200, 230_400] as const;
/** What readers come with. */
const usualBauds = [9_600, 38_400, 115_200];
const lookMs = 1_000;

function Line({ line, changed }: { readonly line: OsdpLine; readonly changed: () => void }) {
  const { survey } = line;
  const [speed, setSpeed] = useState('');
  const searching = survey !== undefined && !survey.done;
  // Nothing of a search stands in the log: while one runs the line is asked how far it is.
  useLooking(searching, changed);
  const scan = async () => {
    const question = { title: t('osdp.scan'), text: t('osdp.scan.sure'), yes: t('osdp.scan') };
    if (!(await sure(question))) return;
    const body = { bauds: speed === '' ? usualBauds : [Number(speed)] };
    tell(await ask('POST', `/api/v1/osdp/lines/${line.line}/scan`, { body }), t('osdp.scanning'));
    changed();
  };
  const search = may('administrator') ? (
    <>
      <select
        class="button small"
        aria-label={t('osdp.speeds')}
        value={speed}
        onChange={(event) => setSpeed(event.currentTarget.value)}
      >
        <option value="">{t('osdp.speeds.usual')}</option>
        {bauds.map((one) => (
          <option key={one} value={one}>
            {t('osdp.baud', { baud: number(one) })}
          </option>
        ))}
      </select>
      <Button size="small" icon="search" disabled={searching} onClick={scan}>
        {t('osdp.scan')}
      </Button>
    </>
  ) : null;
  return (
    <Panel
      title={t('osdp.line', { line: line.line })}
      note={t('osdp.baud', { baud: number(line.baud) })}
      actions={search}
    >
      <ul>
        {line.readers.map((reader) => (
          <ReaderRow key={reader.reader} reader={reader} changed={changed} />
        ))}
      </ul>
      {survey === undefined ? null : <Survey line={line} survey={survey} changed={changed} />}
    </Panel>
  );
}

interface SurveyProps {
  readonly line: OsdpLine;
  readonly survey: NonNullable<OsdpLine['survey']>;
  readonly changed: () => void;
}

function Survey({ line, survey, changed }: SurveyProps) {
  const { done, share, found, outcome } = survey;
  const none = found.length === 0 && outcome === undefined;
  return (
    <div class="stack">
      {done ? null : <progress aria-label={t('osdp.scan')} value={share} max={1} />}
      <p class="hint" role="status">
        {done ? '' : t('osdp.scanning')}
        {done && outcome !== undefined ? word('osdp.outcome', outcome) : ''}
        {done && none ? t('osdp.found.none') : ''}
      </p>
      {found.map((place) => (
        <Found
          key={`${place.address} ${place.baud}`}
          line={line}
          place={place}
          busy={!done}
          changed={changed}
        />
      ))}
    </div>
  );
}

interface FoundProps {
  readonly line: OsdpLine;
  /** The line is still searched: nobody can be moved on it. */
  readonly busy: boolean;
  readonly place: { readonly address: number; readonly baud: number };
  readonly changed: () => void;
}

/** A reader that was found, and the way to the address that the site file gives it. */
function Found({ line, place, busy, changed }: FoundProps) {
  const { address, baud } = place;
  const [wanted, setWanted] = useState('');
  // One of the site file stands where it belongs: it is named, and not moved away.
  const own = line.readers.find((one) => one.address === address && line.baud === baud);
  const move = async () => {
    const to = { address: Number(wanted), baud: line.baud };
    const text = t('osdp.move.sure', { address, to: to.address });
    if (!(await sure({ title: t('osdp.move'), text, yes: t('osdp.move') }))) return;
    const path = `/api/v1/osdp/lines/${line.line}/move`;
    tell(await ask('POST', path, { body: { from: { address, baud }, to } }), t('osdp.moving'));
    changed();
  };
  return (
    <form
      class="card-row"
      onSubmit={(event) => {
        event.preventDefault();
        void move();
      }}
    >
      <span class="grow">
        {t('osdp.found', { address, baud: number(baud) })}
        {own === undefined ? null : <span class="hint">{readerName(own.reader)}</span>}
      </span>
      {may('administrator') && own === undefined ? (
        <>
          <input
            class="short"
            type="number"
            min={0}
            max={126}
            aria-label={t('osdp.address.new', { address })}
            placeholder={t('osdp.address.short')}
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
            required
          />
          <Button size="small" type="submit" disabled={busy}>
            {t('osdp.move')}
          </Button>
        </>
      ) : null}
    </form>
  );
}

const tones: Readonly<Record<string, Tone>> = { online: 'good', offline: 'bad' };

function ReaderRow({ reader, changed }: { readonly reader: OsdpReader; readonly changed: () => void }) {
  const path = `/api/v1/osdp/readers/${encodeURIComponent(reader.reader)}/install-key`;
  const armed = reader.armedForMs !== undefined;
  const install = async () => {
    const question = { title: t('osdp.install'), text: t('osdp.install.sure'), yes: t('osdp.install') };
    if (!armed && !(await sure(question))) return;
    tell(await ask(armed ? 'DELETE' : 'POST', path), t(armed ? 'osdp.disarmed' : 'osdp.armed'));
    changed();
  };
  const { identity } = reader;
  return (
    <li class="card-row">
      <span class="grow">
        <b>{readerName(reader.reader)}</b>
        <span class="hint">
          {[
            t('osdp.address', { address: reader.address }),
            identity === undefined ? '' : `${identity.vendor} ${identity.model}, ${identity.firmware}`,
            ...reader.alarms.map((alarm) => word('osdp.alarm', alarm)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <Badge tone={tones[reader.state] ?? 'warn'}>{word('osdp.state', reader.state)}</Badge>
      <Badge tone={reader.secure ? 'good' : 'warn'} icon={reader.secure ? 'lock' : 'unlock'}>
        {t(reader.secure ? 'osdp.secure' : 'osdp.clear')}
      </Badge>
      {may('administrator') && reader.policy === 'required' ? (
        <Button size="small" pressed={armed} onClick={install}>
          {t(armed ? 'osdp.disarm' : 'osdp.install')}
        </Button>
      ) : null}
    </li>
  );
}
