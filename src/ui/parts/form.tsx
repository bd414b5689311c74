/** A form and what the API refused of it: each error at its field, what no field shows above the buttons. */
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../http.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** A field that shows errors of this name, and of all below it unless `alone`. */
interface Claim {
  readonly name: string;
  readonly alone: boolean;
}

interface Refused {
  readonly problem: Problem | undefined;
  readonly claims: Set<Claim>;
}

const FormContext = createContext<Refused>({ problem: undefined, claims: new Set() });

interface FormProps {
  readonly submit: () => unknown;
  readonly children: ComponentChildren;
  readonly problem?: Problem | undefined;
  readonly label?: string;
  readonly class?: 'form' | 'inline-form';
}

/** Its fields find their errors by themselves; the first of them is shown and has the focus. */
export function Form({ submit, children, problem, label, class: look }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const claims = useRef(new Set<Claim>()).current;
  useEffect(() => {
    if (problem !== undefined) show(form.current?.querySelector('[aria-invalid="true"], p.error'));
  }, [problem]);
  return (
    <FormContext.Provider value={{ problem, claims }}>
      <form
        ref={form}
        class={look ?? 'form'}
        aria-label={label}
        onInvalidCapture={(event) => open(event.target)}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
      </form>
    </FormContext.Provider>
  );
}

function show(element: Element | null | undefined): void {
  if (!(element instanceof HTMLElement)) return;
  open(element);
  element.focus();
  element.scrollIntoView({ block: 'nearest' });
}

/** A browser cannot point at a field that is folded away. */
function open(target: EventTarget | null): void {
  const folded = target instanceof Element ? target.closest('details') : null;
  if (folded !== null) folded.open = true;
}

/** What the API said of the field of this name, or of one within it unless `alone`; undefined = nothing. */
export function useFieldError(name: string | undefined, alone = false): string | undefined {
  const { problem, claims } = useContext(FormContext);
  useEffect(() => {
    if (name === undefined) return;
    const claim = { name, alone };
    claims.add(claim);
    return () => claims.delete(claim);
  }, [claims, name, alone]);
  if (name === undefined) return undefined;
  return problem?.errors?.find(({ field }) => covers({ name, alone }, field))?.message;
}

function covers({ name, alone }: Claim, field: string): boolean {
  return field === name || (!alone && field.startsWith(`${name}.`));
}

/** The error of a part that is more than one input, under it; `alone`: its rows have their own. */
export function FieldError({ name, alone }: { readonly name: string; readonly alone?: boolean }) {
  const error = useFieldError(name, alone);
  return error === undefined ? null : <p class="error">{error}</p>;
}

/** What went wrong with a whole form, above its buttons. */
export function ProblemNote() {
  const { problem, claims } = useContext(FormContext);
  if (problem === undefined) return null;
  const errors = problem.errors ?? [];
  const loose = errors.filter(({ field }) => ![...claims].some((claim) => covers(claim, field)));
  const lines = loose.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  const said = errors.length === 0 ? [problem.detail] : lines;
  return (
    <div class="note bad" role="alert">
      <Icon name="warn" />
      <div>
        {said.length === 0 ? <p>{t('problem.marked')}</p> : said.map((line) => <p key={line}>{line}</p>)}
      </div>
    </div>
  );
}
