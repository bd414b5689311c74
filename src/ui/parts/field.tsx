/** Form fields: a label that belongs to its input, a hint, and the error the API gave for this field. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Problem } from '../http.js';
import { Icon } from './icon.js';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Name of the field in the API, for its error. */
  readonly name?: string;
  readonly problem?: Problem | undefined;
}

interface Wired {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

/** The frame of a field; `input` gets what ties it to its label. */
export function Field({
  label,
  hint,
  name,
  problem,
  input,
}: FieldProps & { readonly input: (wired: Wired) => ComponentChildren }) {
  const id = useId();
  const error = name === undefined ? undefined : errorOf(problem, name);
  const described = error !== undefined || hint !== undefined ? `${id}-says` : undefined;
  return (
    <div class={`field ${error === undefined ? '' : 'wrong'}`}>
      <label for={id}>{label}</label>
      {input({ id, 'aria-describedby': described, 'aria-invalid': error === undefined ? undefined : true })}
      {described === undefined ? null : (
        <p id={described} class={error === undefined ? 'hint' : 'error'}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

function errorOf(problem: Problem | undefined, name: string): string | undefined {
  return problem?.errors?.find(({ field }) => field === name || field.startsWith(`${name}.`))?.message;
}

type InputType = 'text' | 'password' | 'number' | 'date' | 'datetime-local' | 'search' | 'time';

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: InputType;
  readonly autocomplete?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly autofocus?: boolean;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | string;
  readonly placeholder?: string;
  readonly list?: string;
  readonly inputMode?: 'numeric' | 'text';
}

export function TextField({ label, hint, name, problem, onInput, autofocus, type, ...rest }: TextProps) {
  // The types of preact want one literal here; this is one of several.
  const typed = { type: type ?? 'text' } as { readonly type: 'text' };
  return (
    <Field
      label={label}
      hint={hint}
      problem={problem}
      {...(name === undefined ? {} : { name })}
      input={(wired) => (
        <input
          {...wired}
          {...rest}
          {...typed}
          name={name}
          ref={autofocus === true ? focusOnce : null}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    />
  );
}

function focusOnce(element: HTMLElement | null): void {
  if (element !== null && element.dataset['focused'] === undefined) {
    element.dataset['focused'] = '';
    element.focus();
  }
}

export function AreaField({ label, hint, name, problem, value, onInput }: TextProps) {
  return (
    <Field
      label={label}
      hint={hint}
      problem={problem}
      {...(name === undefined ? {} : { name })}
      input={(wired) => (
        <textarea
          {...wired}
          name={name}
          rows={3}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    />
  );
}

interface SelectProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly disabled?: boolean;
}

export function SelectField({ label, hint, name, problem, value, onInput, options, disabled }: SelectProps) {
  return (
    <Field
      label={label}
      hint={hint}
      problem={problem}
      {...(name === undefined ? {} : { name })}
      input={(wired) => (
        <select
          {...wired}
          name={name}
          disabled={disabled}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        >
          {options.map(([key, text]) => (
            <option key={key} value={key} selected={key === value}>
              {text}
            </option>
          ))}
        </select>
      )}
    />
  );
}

interface CheckProps {
  readonly label: ComponentChildren;
  readonly hint?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onInput: (checked: boolean) => void;
}

export function CheckField({ label, hint, checked, disabled, onInput }: CheckProps) {
  const id = useId();
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-says`}
        onInput={(event) => onInput(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {hint === undefined ? null : (
          <p id={`${id}-says`} class="hint">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** What went wrong with a whole form, above its buttons. */
export function ProblemNote({ problem }: { readonly problem: Problem | undefined }) {
  if (problem === undefined) return null;
  return (
    <div class="note bad" role="alert">
      <Icon name="warn" />
      <p>{problem.detail}</p>
    </div>
  );
}
