/** Backups: made, fetched, brought here, restored, and when they are made by themselves. */
import { useState } from 'preact/hooks';
import { bytes, dateTime } from '../../format.js';
import { ask, type Problem } from '../../http.js';
import { t } from '../../i18n.js';
import type { BackupEntry, BackupList, BackupSettings } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { fetchFile } from '../../parts/download.js';
import { CheckField, TextField } from '../../parts/field.js';
import { Form, ProblemNote } from '../../parts/form.js';
import { Note, Panel, Waiting } from '../../parts/panel.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';

export function Backups() {
  const { value, problem, reload } = useResource<BackupList>('/api/v1/backups', ({ kind }) =>
    kind.startsWith('backup'),
  );
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  return (
    <div class="two">
      <div class="stack">
        {value.lastError === undefined ? null : <Note tone="bad">{value.lastError}</Note>}
        <Files list={value} changed={reload} />
      </div>
      <div class="stack">
        <Panel title={t('backup.passphrase')} note={t('backup.passphrase.note')}>
          <Passphrase isSet={value.passphraseSet} changed={reload} />
        </Panel>
        <Daily />
      </div>
    </div>
  );
}

function Files({ list, changed }: { readonly list: BackupList; readonly changed: () => void }) {
  const [restoring, setRestoring] = useState<BackupEntry>();
  const make = async () => {
    tell(await ask('POST', '/api/v1/backups'), t('backup.made'));
    changed();
  };
  const actions = (
    <>
      <Button size="small" kind="primary" icon="plus" disabled={!list.passphraseSet} onClick={make}>
        {t('backup.make')}
      </Button>
      <Upload done={changed} />
    </>
  );
  return (
    <Panel title={t('settings.backups')} note={t('backup.note')} actions={actions}>
      {list.passphraseSet ? null : <Note tone="warn">{t('backup.none')}</Note>}
      <ul>
        {list.items.map((entry) => (
          <li key={entry.name} class="card-row">
            <span class="grow">
              <b>{madeAt(entry.name)}</b>
              <span class="hint">{bytes(entry.bytes)}</span>
            </span>
            <Button
              kind="quiet"
              icon="download"
              label={`${t('backup.fetch')} ${madeAt(entry.name)}`}
              onClick={() => fetchFile(`/api/v1/backups/${entry.name}`, entry.name)}
            />
            <Button size="small" onClick={() => setRestoring(entry)}>
              {t('backup.restore')}
            </Button>
          </li>
        ))}
      </ul>
      {restoring === undefined ? null : <Restore entry={restoring} close={() => setRestoring(undefined)} />}
    </Panel>
  );
}

/** `sallyport-20261125T143000Z.backup` as the moment it was made. */
function madeAt(name: string): string {
  const parts = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(name);
  if (parts === null) return name;
  const [, year, month, day, hour, minute, second] = parts;
  return dateTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function Upload({ done }: { readonly done: () => void }) {
  const send = async (file: File | undefined) => {
    if (file === undefined) return;
    const answer = await ask('PUT', `/api/v1/backups/${encodeURIComponent(file.name)}`, { body: file });
    tell(answer, t('backup.brought'));
    done();
  };
  return (
    <label class="button small">
      {t('backup.bring')}
      <input
        class="hidden"
        type="file"
        accept=".backup"
        onChange={(event) => send(event.currentTarget.files?.[0])}
      />
    </label>
  );
}

function Restore({ entry, close }: { readonly entry: BackupEntry; readonly close: () => void }) {
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [step, setStep] = useState<'asking' | 'proving' | 'starting'>('asking');
  const run = async () => {
    setStep('proving');
    const answer = await ask('POST', '/api/v1/restores', { body: { name: entry.name, passphrase } });
    setProblem(answer.ok ? undefined : answer.problem);
    setStep(answer.ok ? 'starting' : 'asking');
    if (answer.ok) await comeBack();
  };
  if (step !== 'asking') {
    return (
      <Dialog title={t('backup.restore')}>
        <p role="status">{t(step === 'proving' ? 'backup.proving' : 'backup.starting')}</p>
        <progress aria-label={t('backup.restore')} value={step === 'proving' ? 1 : 2} max={3} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t('backup.restore')} onClose={close}>
      <Form problem={problem} submit={run}>
        <p>{t('backup.restore.text', { at: madeAt(entry.name) })}</p>
        <TextField
          label={t('backup.passphrase')}
          name="passphrase"
          type="password"
          autocomplete="off"
          value={passphrase}
          onInput={setPassphrase}
          required
        />
        <ProblemNote />
        <footer class="actions">
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button type="submit" kind="danger">
            {t('backup.restore')}
          </Button>
        </footer>
      </Form>
    </Dialog>
  );
}

/** The controller starts again on what was restored: gone for a moment, then the page begins anew. */
async function comeBack(): Promise<void> {
  for (let away = false, tries = 0; tries < 120; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const there = (await ask('GET', '/api/v1/welcome')).ok;
    if (there && (away || tries > 20)) break;
    away ||= !there;
  }
  location.assign('/');
}

const passphrasePath = '/api/v1/backup-passphrase';

function Passphrase({ isSet, changed }: { readonly isSet: boolean; readonly changed: () => void }) {
  const [passphrase, setPassphrase] = useState('');
  const { value, reload } = useResource<{ readonly revision: number }>(passphrasePath);
  const send = () => ask('PUT', passphrasePath, { body: { passphrase }, etag: `"${value?.revision ?? 0}"` });
  const sending = useSending(send, () => {
    setPassphrase('');
    reload();
    changed();
  });
  return (
    <SaveForm sending={sending}>
      <TextField
        label={t('backup.passphrase')}
        hint={t(isSet ? 'backup.passphrase.set' : 'backup.passphrase.hint')}
        name="passphrase"
        type="password"
        autocomplete="new-password"
        value={passphrase}
        onInput={setPassphrase}
        required
      />
    </SaveForm>
  );
}

function Daily() {
  const { value, problem, reload } = useResource<BackupSettings>('/api/v1/backup-settings');
  const [draft, setDraft] = useState<Partial<BackupSettings>>({});
  const send = () => {
    const { revision, ...before } = value ?? { revision: 0 };
    return ask('PUT', '/api/v1/backup-settings', {
      body: { ...before, ...draft },
      etag: `"${revision}"`,
    });
  };
  const sending = useSending(send, () => {
    setDraft({});
    reload();
  });
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  const shown = { ...value, ...draft };
  return (
    <Panel title={t('backup.daily')}>
      <SaveForm sending={sending}>
        <CheckField
          label={t('backup.daily.on')}
          name="daily"
          checked={shown.daily}
          onInput={(daily) => setDraft({ ...draft, daily })}
        />
        <div class="pair">
          <TextField
            label={t('backup.hour')}
            name="hour"
            type="number"
            min={0}
            max={23}
            value={String(shown.hour)}
            onInput={(text) => setDraft({ ...draft, hour: Number(text) })}
          />
          <TextField
            label={t('backup.keep')}
            name="keep"
            type="number"
            min={1}
            max={365}
            value={String(shown.keep)}
            onInput={(text) => setDraft({ ...draft, keep: Number(text) })}
          />
        </div>
      </SaveForm>
    </Panel>
  );
}
