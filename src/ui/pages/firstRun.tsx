/** The first run: the claim code makes the first administrator, then language, time zone and the doors' names. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useTimeZone } from '../format.js';
import { LanguageChoice } from '../frame.js';
import { ask, type Problem } from '../http.js';
import { t } from '../i18n.js';
import type { Door, Page, SiteInfo } from '../model.js';
import { Button } from '../parts/button.js';
import { TextField } from '../parts/field.js';
import { Form, ProblemNote } from '../parts/form.js';
import { claim, enterClaimed } from '../session.js';

const steps = ['first.step.claim', 'first.step.place', 'first.step.doors'] as const;

export function FirstRun() {
  const [step, setStep] = useState(0);
  const [name, setName] = useState('');
  return (
    <main class="gate">
      <div class="gate-card wide">
        <h1>{t('first.title')}</h1>
        <p class="hint">{t('first.lead')}</p>
        <ol class="steps" aria-label={t('first.steps')}>
          {steps.map((key, index) => (
            <li
              key={key}
              class={index < step ? 'done' : ''}
              aria-current={index === step ? 'step' : undefined}
            >
              {t(key)}
            </li>
          ))}
        </ol>
        {step === 0 ? <Claim name={name} setName={setName} next={() => setStep(1)} /> : null}
        {step === 1 ? <Place next={() => setStep(2)} /> : null}
        {step === 2 ? <Doors next={() => enterClaimed(name, 'administrator')} /> : null}
      </div>
    </main>
  );
}

interface StepForm {
  readonly children: ComponentChildren;
  readonly problem: Problem | undefined;
  readonly next: string;
  readonly submit: () => Promise<void>;
}

function Step({ children, problem, next, submit }: StepForm) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    await submit();
    setBusy(false);
  };
  return (
    <Form problem={problem} submit={run}>
      {children}
      <ProblemNote />
      <Button kind="primary" type="submit" busy={busy}>
        {next}
      </Button>
    </Form>
  );
}

function Claim({ name, setName, next }: { name: string; setName: (name: string) => void; next: () => void }) {
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const submit = async () => {
    const made = await claim(code.trim(), name.trim(), password);
    if (made.ok) next();
    else setProblem(made.problem);
  };
  return (
    <Step problem={problem} next={t('action.next')} submit={submit}>
      <TextField
        label={t('first.code')}
        hint={t('first.code.hint')}
        name="code"
        value={code}
        onInput={setCode}
        autocomplete="off"
        placeholder="ABCD-EFGH-JKLM-NPQR"
        autofocus
        required
      />
      <TextField
        label={t('first.name')}
        hint={t('first.name.hint')}
        name="name"
        value={name}
        onInput={setName}
        autocomplete="username"
        required
      />
      <TextField
        label={t('first.password')}
        hint={t('first.password.hint')}
        name="password"
        type="password"
        value={password}
        onInput={setPassword}
        autocomplete="new-password"
        required
      />
    </Step>
  );
}

function Place({ next }: { readonly next: () => void }) {
  const [zone, setZone] = useState('');
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    void ask<SiteInfo>('GET', '/api/v1/site').then((answer) => {
      if (!answer.ok) return setProblem(answer.problem);
      useTimeZone(answer.value.timeZone);
      setZone(answer.value.timeZone);
    });
  }, []);
  return (
    <Step problem={problem} next={t('action.next')} submit={async () => next()}>
      <div class="field">
        <span class="label">{t('shell.language')}</span>
        <LanguageChoice />
        <p class="hint">{t('first.place.hint')}</p>
      </div>
      <div class="field">
        <span class="label">{t('first.timezone')}</span>
        <p class="strong">{zone}</p>
        <p class="hint">{t('first.timezone.hint')}</p>
      </div>
    </Step>
  );
}

function Doors({ next }: { readonly next: () => void }) {
  const [doors, setDoors] = useState<readonly Door[]>([]);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    void ask<Page<Door>>('GET', '/api/v1/doors').then((answer) => {
      if (!answer.ok) return setProblem(answer.problem);
      setDoors(answer.value.items);
      setNames(Object.fromEntries(answer.value.items.map(({ id, name }) => [id, name])));
    });
  }, []);
  const submit = async () => {
    const renamed = doors.filter(({ id, name }) => (names[id] ?? name).trim() !== name);
    for (const { id, revision } of renamed) {
      const body = { name: names[id]?.trim() };
      const answer = await ask('PATCH', `/api/v1/doors/${id}`, { body, etag: `"${revision}"` });
      if (!answer.ok) return setProblem(answer.problem);
    }
    next();
  };
  return (
    <Step problem={problem} next={t('first.ready')} submit={submit}>
      <p>{t('first.doors.lead')}</p>
      {doors.map(({ id, number }) => (
        <TextField
          key={id}
          label={t('first.door', { number })}
          name={`door-${id}`}
          value={names[id] ?? ''}
          onInput={(text) => setNames({ ...names, [id]: text })}
          maxLength={128}
          required
        />
      ))}
    </Step>
  );
}
