/** A form that is sent as a whole: what the API refused stands above its buttons, and nothing typed is lost. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer, Problem } from '../http.js';
import { t } from '../i18n.js';
import { Button } from './button.js';
import { Form, ProblemNote } from './form.js';
import { say } from './toast.js';

interface Sending {
  /** What was refused, for the fields too. */
  readonly problem: Problem | undefined;
  readonly busy: boolean;
  submit(): Promise<void>;
}

/** Sends with `send`; says that it is saved and calls `done` when it was taken. */
export function useSending(send: () => Promise<Answer<unknown>>, done: () => void): Sending {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    const answer = await send();
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    say(t('state.saved'));
    done();
  };
  return { problem, busy, submit };
}

interface SaveFormProps {
  readonly sending: Sending;
  readonly children: ComponentChildren;
  /** Of a form in a dialog. */
  readonly cancel?: () => void;
  /** Beside its buttons. */
  readonly more?: ComponentChildren;
}

export function SaveForm({ sending: { problem, busy, submit }, children, cancel, more }: SaveFormProps) {
  return (
    <Form problem={problem} submit={submit}>
      {children}
      <ProblemNote />
      <footer class="actions">
        {more}
        {cancel === undefined ? null : <Button onClick={cancel}>{t('action.cancel')}</Button>}
        <Button type="submit" kind="primary" busy={busy}>
          {t('action.save')}
        </Button>
      </footer>
    </Form>
  );
}
