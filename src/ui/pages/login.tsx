/** Logging in, at the beginning or over the page whose session ended. */
import { useState } from 'preact/hooks';
import { LanguageChoice } from '../frame.js';
import type { Problem } from '../http.js';
import { t } from '../i18n.js';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { TextField } from '../parts/field.js';
import { Form, ProblemNote } from '../parts/form.js';
import { logIn } from '../session.js';

export function LoginPage() {
  return (
    <main class="gate">
      <div class="gate-card">
        <h1>{t('login.title')}</h1>
        <LoginForm name="" />
        <p class="hint">{t('login.demo')}</p>
        <LanguageChoice />
      </div>
    </main>
  );
}

/** Over the page as it stands: nothing typed there is lost. */
export function LoginAgain({ name }: { readonly name: string }) {
  return (
    <Dialog title={t('login.title')}>
      <div class="stack">
        <p>{t('login.again')}</p>
        <LoginForm name={name} />
      </div>
    </Dialog>
  );
}

function LoginForm({ name: first }: { readonly name: string }) {
  const [name, setName] = useState(first);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    const made = await logIn(name, password);
    setBusy(false);
    if (made.ok) return;
    setProblem(made.problem.status === 401 ? { ...made.problem, detail: t('login.wrong') } : made.problem);
  };
  return (
    <Form problem={problem} submit={submit}>
      <TextField
        label={t('login.name')}
        name="name"
        value={name}
        onInput={setName}
        autocomplete="username"
        autofocus={first === ''}
        required
      />
      <TextField
        label={t('login.password')}
        name="password"
        type="password"
        value={password}
        onInput={setPassword}
        autocomplete="current-password"
        autofocus={first !== ''}
        required
      />
      <ProblemNote />
      <Button kind="primary" type="submit" busy={busy}>
        {t('login.title')}
      </Button>
    </Form>
  );
}
