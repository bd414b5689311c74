/** This controller: its health, time, version and certificate; this browser's language; one's own password. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { bytes, dateTime, duration } from '../../format.js';
import { LanguageChoice } from '../../frame.js';
import { ask } from '../../http.js';
import { number, t, tn, word } from '../../i18n.js';
import type { System } from '../../model.js';
import { Button } from '../../parts/button.js';
import { TextField } from '../../parts/field.js';
import { Note, Panel, Waiting } from '../../parts/panel.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { toggleTheme } from '../../theme.js';
import { CertificateForm } from './certificateForm.js';

export function General() {
  const { value, problem, reload } = useResource<System>('/api/v1/system');
  return (
    <div class="two">
      <div class="stack">
        {value?.warnings.map((warning) => (
          <Note key={warning} tone="warn">
            {warning}
          </Note>
        ))}
        <Panel title={t('system.title')}>
          {value === undefined ? (
            <Waiting problem={problem} reload={reload} />
          ) : (
            <dl class="facts">
              {factsOf(value).map(([name, fact]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{fact}</dd>
                </div>
              ))}
            </dl>
          )}
        </Panel>
      </div>
      <div class="stack">
        <Panel title={t('system.browser')}>
          <div class="actions">
            <LanguageChoice />
            <Button icon="moon" onClick={toggleTheme}>
              {t('shell.theme')}
            </Button>
          </div>
        </Panel>
        {value?.certificate !== undefined && may('administrator') ? (
          <Panel title={t('certificate.title')} note={t('certificate.note')}>
            <CertificateForm changed={reload} />
          </Panel>
        ) : null}
        <Panel title={t('password.title')} note={t('password.note')}>
          <Password />
        </Panel>
      </div>
    </div>
  );
}

function factsOf(of: System): readonly (readonly [string, ComponentChildren])[] {
  const { time, storage, threads, versions, certificate, counts } = of;
  return [
    [
      t('system.version'),
      `Sallyport ${versions.sallyport} (Node ${versions.node}, SQLite ${versions.sqlite})`,
    ],
    [t('system.board'), of.board],
    [t('system.time'), `${dateTime(time.at)}, ${time.zone}: ${word('now.clock', time.trust)}`],
    [
      t('system.storage'),
      t('system.storage.text', {
        rows: number(storage.lastSeq),
        size: bytes(storage.databaseBytes),
        free: bytes(storage.freeBytes),
      }),
    ],
    [
      t('system.people'),
      t('system.people.text', { users: number(counts.users), credentials: number(counts.credentials) }),
    ],
    [
      t('system.web'),
      tn('system.web.text', threads.web.liveStreams, {
        up: duration(threads.web.upSeconds * 1_000),
        memory: bytes(threads.web.rssBytes),
      }),
    ],
    [
      t('system.tls'),
      certificate === undefined
        ? t('system.tls.none')
        : t(certificate.selfSigned ? 'system.tls.own' : 'system.tls.given', {
            until: dateTime(certificate.notAfter),
          }),
    ],
    [
      t('system.update'),
      <>
        {t('system.update.text')} <code>sudo systemd/install.sh</code>
      </>,
    ],
    [
      t('system.api'),
      <a key="docs" href="/api/v1/docs" target="_blank" rel="noreferrer">
        {t('system.api.text')}
      </a>,
    ],
    ...(certificate === undefined ? [] : [['SHA-256', <code key="sha">{certificate.sha256}</code>] as const]),
  ];
}

function Password() {
  const [old, setOld] = useState('');
  const [wanted, setWanted] = useState('');
  const send = () => ask('POST', '/api/v1/me/password', { body: { old, new: wanted } });
  const sending = useSending(send, () => {
    setOld('');
    setWanted('');
  });
  return (
    <SaveForm sending={sending}>
      <TextField
        label={t('password.old')}
        name="old"
        type="password"
        autocomplete="current-password"
        value={old}
        onInput={setOld}
        required
      />
      <TextField
        label={t('password.new')}
        hint={t('first.password.hint')}
        name="new"
        type="password"
        autocomplete="new-password"
        value={wanted}
        onInput={setWanted}
        required
      />
    </SaveForm>
  );
}
