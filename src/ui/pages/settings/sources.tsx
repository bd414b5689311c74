/** Neighbouring devices that may open doors over OpenDoor: from where, as whom, which doors; with the line to copy. */
import { useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { MessageKey } from '../../messages/en.js';
import type { Page, Source } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Choices } from '../../parts/choices.js';
import { CopyLine } from '../../parts/copyLine.js';
import { Dialog } from '../../parts/dialog.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { Badge, Note, Panel, Waiting } from '../../parts/panel.js';
import { RemoveButton } from '../../parts/removeButton.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { useResource } from '../../resource.js';
import { site } from '../../site.js';
import { useStore } from '../../store.js';

export function Sources() {
  const { value, problem, reload } = useResource<Page<Source>>('/api/v1/sources?limit=200');
  const [open, setOpen] = useState<Source | 'new'>();
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  const close = () => {
    setOpen(undefined);
    reload();
  };
  const add = (
    <Button size="small" icon="plus" onClick={() => setOpen('new')}>
      {t('action.add')}
    </Button>
  );
  return (
    <Panel title={t('settings.sources')} note={t('sources.note')} actions={add}>
      {value.items.length === 0 ? <p class="hint">{t('sources.none')}</p> : null}
      <ul class="stack">
        {value.items.map((source) => (
          <li key={source.id} class="subpanel stack">
            <div class="card-row">
              <span class="grow">
                <b>{source.name}</b>
                <span class="hint">
                  {t('sources.from', {
                    user: source.username,
                    addresses: source.addresses.join(', ') || '–',
                  })}
                </span>
              </span>
              <Badge tone={source.enabled ? 'good' : 'warn'}>
                {t(source.enabled ? 'sources.on' : 'sources.off')}
              </Badge>
              <Button
                kind="quiet"
                icon="edit"
                label={`${t('action.edit')} ${source.name}`}
                onClick={() => setOpen(source)}
              />
            </div>
            <Lines source={source} />
          </li>
        ))}
      </ul>
      {open === undefined ? null : <SourceForm source={open === 'new' ? undefined : open} close={close} />}
    </Panel>
  );
}

/** What to type into the sender: the URL with the variables it fills in, and the same as curl, to try it at once. */
function Lines({ source }: { readonly source: Source }) {
  const here = useStore(site);
  const [door, setDoor] = useState(source.doors[0] ?? '');
  const number = here?.doors.find(({ id }) => id === door)?.number;
  if (number === undefined) return <p class="hint">{t('sources.nodoor')}</p>;
  const path = `/fcgi/OpenDoor?action=OpenDoor&DoorNum=${number}`;
  const filled = `${path}&AntiPassbackMode=$antipassbackmode&Name=$name&UnlockType=$unlocktype&Code=$code`;
  const flag = source.schemes.some((scheme) => scheme.startsWith('digest')) ? '--digest ' : '';
  return (
    <div class="stack">
      {source.doors.length < 2 ? null : (
        <SelectField
          label={t('log.door')}
          value={door}
          onInput={setDoor}
          options={source.doors.map((id) => [id, here?.doors.find((one) => one.id === id)?.name ?? id])}
        />
      )}
      <CopyLine
        label={t('sources.url')}
        text={`${location.protocol}//${source.username}:PASSWORD@${location.host}${filled}`}
      />
      <CopyLine
        label="curl"
        text={`curl ${flag}-u '${source.username}:PASSWORD' '${location.origin}${path}&AntiPassbackMode=Entry&Name=Ann&UnlockType=Card&Code=001912D6'`}
      />
      <p class="hint">{t('sources.lines.hint')}</p>
    </div>
  );
}

interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly addresses: string;
  readonly username: string;
  readonly password: string;
  readonly doors: readonly string[];
  readonly direction: string;
  readonly codeFormat: string;
  readonly identifyBy: string;
  readonly schemes: readonly string[];
  readonly serves: string;
  readonly legacyForm: boolean;
  readonly numericMode: string;
  readonly missingCode: string;
  readonly repeatMs: number;
}

const emptyDraft: Draft = {
  name: '',
  enabled: true,
  addresses: '',
  username: '',
  password: '',
  doors: [],
  direction: 'wire',
  codeFormat: '8HN',
  identifyBy: 'code',
  schemes: ['digest-sha256', 'digest-md5'],
  serves: 'open-door',
  legacyForm: false,
  numericMode: '1-2',
  missingCode: 'refuse',
  repeatMs: 1_000,
};

function SourceForm({ source, close }: { readonly source: Source | undefined; readonly close: () => void }) {
  const [draft, setDraft] = useState<Draft>(
    source === undefined ? emptyDraft : { ...source, addresses: source.addresses.join(', '), password: '' },
  );
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const sending = useSending(() => store(draft, source), close);
  return (
    <Dialog title={source?.name ?? t('sources.new')} onClose={close} wide>
      <SaveForm
        sending={sending}
        cancel={close}
        more={
          source === undefined ? null : (
            <RemoveButton
              path={`/api/v1/sources/${encodeURIComponent(source.id)}`}
              name={source.name}
              etag={`"${source.revision}"`}
              removed={close}
            />
          )
        }
      >
        <Who draft={draft} set={set} known={source !== undefined} />
        <What draft={draft} set={set} />
        <details class="finer">
          <summary>{t('sources.finer')}</summary>
          <div class="form">
            <Finer draft={draft} set={set} />
          </div>
        </details>
      </SaveForm>
    </Dialog>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

function Who({ draft, set, known }: PartProps & { readonly known: boolean }) {
  const text = (name: 'name' | 'addresses' | 'username' | 'password') => ({
    label: t(`sources.field.${name}`),
    name,
    value: draft[name],
    onInput: (value: string) => set({ [name]: value }),
  });
  return (
    <>
      <div class="pair">
        <TextField {...text('name')} required />
        <TextField {...text('addresses')} hint={t('sources.addresses.hint')} placeholder="192.168.1.20" />
        <TextField {...text('username')} autocomplete="off" required />
        <TextField
          {...text('password')}
          type="password"
          autocomplete="new-password"
          hint={t(known ? 'sources.password.kept' : 'first.password.hint')}
          required={!known}
        />
      </div>
      <CheckField
        label={t('sources.enabled')}
        name="enabled"
        checked={draft.enabled}
        onInput={(enabled) => set({ enabled })}
      />
    </>
  );
}

interface ChoiceProps extends PartProps {
  readonly name: 'direction' | 'codeFormat' | 'identifyBy' | 'serves' | 'numericMode' | 'missingCode';
  readonly keys: readonly string[];
}

function Choice({ draft, set, name, keys }: ChoiceProps) {
  return (
    <SelectField
      label={t(`sources.field.${name}`)}
      name={name}
      value={draft[name]}
      onInput={(value) => set({ [name]: value })}
      options={keys.map((key) => [
        key,
        name === 'codeFormat' ? key : t(`sources.${name}.${key}` as MessageKey),
      ])}
    />
  );
}

/** For senders that speak otherwise than most. */
function Finer({ draft, set }: PartProps) {
  return (
    <>
      <div class="pair">
        <Choice draft={draft} set={set} name="serves" keys={['open-door', 'api']} />
        <Choice draft={draft} set={set} name="missingCode" keys={['refuse', 'release']} />
        <Choice draft={draft} set={set} name="numericMode" keys={['1-2', '0-1']} />
        <TextField
          label={t('sources.field.repeatMs')}
          hint={t('sources.repeat.hint')}
          name="repeatMs"
          type="number"
          min={0}
          max={60}
          step="any"
          value={String(draft.repeatMs / 1_000)}
          onInput={(text) => set({ repeatMs: Math.round(Number(text) * 1_000) })}
        />
      </div>
      <CheckField
        label={t('sources.field.legacyForm')}
        hint={t('sources.legacy.hint')}
        name="legacyForm"
        checked={draft.legacyForm}
        onInput={(legacyForm) => set({ legacyForm })}
      />
    </>
  );
}

function What({ draft, set }: PartProps) {
  const doors = useStore(site)?.doors ?? [];
  return (
    <>
      <Choices
        legend={t('sources.doors')}
        name="doors"
        all={doors}
        chosen={draft.doors}
        change={(chosen) => set({ doors: chosen })}
      />
      <div class="pair">
        <Choice draft={draft} set={set} name="direction" keys={['wire', 'entry', 'exit']} />
        <Choice draft={draft} set={set} name="identifyBy" keys={['code', 'name']} />
        <Choice draft={draft} set={set} name="codeFormat" keys={['8HN', '8HR', '6H3D5D', '8H10D']} />
      </div>
      <Choices
        legend={t('sources.schemes')}
        name="schemes"
        all={['digest-sha256', 'digest-md5', 'basic'].map((id) => ({ id, name: id }))}
        chosen={draft.schemes}
        change={(schemes) => set({ schemes })}
      />
      {draft.schemes.includes('basic') ? <Note tone="warn">{t('sources.basic')}</Note> : null}
    </>
  );
}

function store({ addresses, password, ...rest }: Draft, source: Source | undefined) {
  const { name, enabled, username, doors, direction, codeFormat, identifyBy, schemes } = rest;
  const { serves, legacyForm, numericMode, missingCode, repeatMs } = rest;
  const body = {
    ...{ name, enabled, username, doors, direction, codeFormat, identifyBy, schemes },
    ...{ serves, legacyForm, numericMode, missingCode, repeatMs },
    addresses: addresses.split(/[\s,]+/).filter((one) => one !== ''),
    ...(password === '' ? {} : { password }),
  };
  if (source === undefined) return ask('POST', '/api/v1/sources', { body });
  return ask('PATCH', `/api/v1/sources/${encodeURIComponent(source.id)}`, {
    body,
    etag: `"${source.revision}"`,
  });
}
