/** Short messages of what was done, spoken by screen readers too. */
import type { Answer } from '../http.js';
import { t } from '../i18n.js';
import { createStore, useStore } from '../store.js';
import { Button } from './button.js';
import { Icon } from './icon.js';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

const toasts = createStore<readonly Toast[]>([]);
let nextId = 1;

/** Shows a message; good ones go by themselves. */
export function say(text: string, bad = false): void {
  const id = nextId++;
  toasts.set([...toasts.get().slice(-3), { id, text, bad }]);
  setTimeout(() => drop(id), bad ? 12_000 : 5_000);
}

/** Says what an answer was; true when it was good. */
export function tell(answer: Answer<unknown>, done: string): boolean {
  if (answer.ok) say(done);
  else say(answer.problem.detail, true);
  return answer.ok;
}

function drop(id: number): void {
  toasts.set(toasts.get().filter((one) => one.id !== id));
}

/** Where messages appear; once in the page. */
export function Toasts() {
  const shown = useStore(toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, bad }) => (
        <div key={id} class={`toast ${bad ? 'bad' : ''}`}>
          <Icon name={bad ? 'warn' : 'check'} />
          <span>{text}</span>
          <Button icon="close" kind="quiet" size="small" label={t('action.close')} onClick={() => drop(id)} />
        </div>
      ))}
    </div>
  );
}
