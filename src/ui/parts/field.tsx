/** Form fields: a label that belongs to its input, a hint, and the error the API gave for this field. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useFieldError } from './form.js';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Name of the field in the API, for its error. */
  readonly name?: string;
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
  input,
}: FieldProps & { readonly input: (wired: Wired) => ComponentChildren }) {
  const id = useId();
  const error = useFieldError(name);
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

export function TextField({ label, hint, name, onInput, autofocus, type, ...rest }: TextProps) {
  // The types of preact want one literal here; this is one of several.
  const typed = { type: type ?? 'text' } as { readonly type: 'text' };
  return (
    <Field
      label={label}
      hint={hint}
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

export function AreaField({ label, hint, name, value, onInput }: TextProps) {
  return (
    <Field
      label={label}
      hint={hint}
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

export function SelectField({ label, hint, name, value, onInput, options, disabled }: SelectProps) {
  return (
    <Field
      label={label}
      hint={hint}
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
  /** Name of the field in the API, for its error. */
  readonly name?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onInput: (checked: boolean) => void;
}

export function CheckField({ label, hint, name, checked, disabled, onInput }: CheckProps) {
  const id = useId();
  const error = useFieldError(name);
  const says = error ?? hint;
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        name={name}
        checked={checked}
        disabled={disabled}
        aria-describedby={says === undefined ? undefined : `${id}-says`}
        aria-invalid={error === undefined ? undefined : true}
        onInput={(event) => onInput(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {says === undefined ? null : (
          <p id={`${id}-says`} class={error === undefined ? 'hint' : 'error'}>
            {says}
          </p>
        )}
      </div>
    </div>
  );
}
