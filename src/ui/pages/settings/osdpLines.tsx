/** RS485 lines with their OSDP readers: how they are, a key installed, the line searched. */
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
    kind.startsWith('osdp'),
  );
  const lines = value?.items ?? [];
  return (
    <>
      {lines.map((line) => (
        <Line key={line.line} line={line} changed={reload} />
      ))}
    </>
  );
}

function Line({ line, changed }: { readonly line: OsdpLine; readonly changed: () => void }) {
  const { survey } = line;
  const scan = async () => {
    const question = { title: t('osdp.scan'), text: t('osdp.scan.sure'), yes: t('osdp.scan') };
    if (!(await sure(question))) return;
    tell(await ask('POST', `/api/v1/osdp/lines/${line.line}/scan`, { body: {} }), t('osdp.scanning'));
    changed();
  };
  const button = may('administrator') ? (
    <>
      <Button size="small" icon="search" onClick={scan}>
        {t('osdp.scan')}
      </Button>
      <Button size="small" onClick={changed}>
        {t('osdp.look')}
      </Button>
    </>
  ) : null;
  return (
    <Panel
      title={t('osdp.line', { line: line.line })}
      note={t('osdp.baud', { baud: line.baud })}
      actions={button}
    >
      <ul>
        {line.readers.map((reader) => (
          <ReaderRow key={reader.reader} reader={reader} changed={changed} />
        ))}
      </ul>
      {survey === undefined ? null : (
        <div class="stack">
          <progress aria-label={t('osdp.scan')} value={survey.share} max={1} />
          <p class="hint" role="status">
            {survey.found.length === 0
              ? t(survey.done ? 'osdp.found.none' : 'osdp.scanning')
              : survey.found
                  .map(({ address, baud }) => t('osdp.found', { address, baud: number(baud) }))
                  .join(' · ')}
          </p>
        </div>
      )}
    </Panel>
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
