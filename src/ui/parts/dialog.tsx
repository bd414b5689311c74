/** Dialogs on the browser's own element: focus stays inside, Escape closes, what lies behind is inert. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n.js';
import { createStore, useStore } from '../store.js';
import { Button } from './button.js';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Absent: it cannot be closed, only answered. */
  readonly onClose?: () => void;
  readonly wide?: boolean;
}

export function Dialog({ title, children, onClose, wide }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    const first =
      box.current?.querySelector<HTMLElement>('input, select, textarea') ?? box.current?.querySelector('h2');
    first?.focus();
    return () => giveBack(opener);
  }, []);
  return (
    <dialog
      ref={box}
      class={`dialog ${wide ? 'wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      // Browsers let a page refuse once; the next Escape closes without asking.
      onClose={() => (onClose === undefined ? box.current?.showModal() : onClose())}
    >
      <header>
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {onClose === undefined ? null : (
          <Button icon="close" kind="quiet" label={t('action.close')} onClick={onClose} />
        )}
      </header>
      {children}
    </dialog>
  );
}

/** The focus goes back to what opened the dialog; where that is gone, to the view. */
function giveBack(opener: Element | null): void {
  const there = opener?.isConnected === true && opener !== document.body;
  const target = there ? opener : document.getElementById('content');
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly danger?: boolean;
  readonly answered: (yes: boolean) => void;
}

const question = createStore<Question | undefined>(undefined);

/** Asks before something that is not easily undone. */
export function sure(of: Omit<Question, 'answered'>): Promise<boolean> {
  return new Promise((resolve) => {
    question.set({
      ...of,
      answered: (yes) => {
        question.set(undefined);
        resolve(yes);
      },
    });
  });
}

/** Where `sure` asks; once in the page. */
export function Questions() {
  const asked = useStore(question);
  if (asked === undefined) return null;
  return (
    <Dialog title={asked.title} onClose={() => asked.answered(false)}>
      <p>{asked.text}</p>
      <footer class="actions">
        <Button onClick={() => asked.answered(false)}>{t('action.cancel')}</Button>
        <Button kind={asked.danger ? 'danger' : 'primary'} onClick={() => asked.answered(true)}>
          {asked.yes}
        </Button>
      </footer>
    </Dialog>
  );
}
