import { useId } from 'preact/hooks';

/** A choice within a row. */
interface MenuProps {
  readonly label: string;
  /** The label stands over it; else it is for screen readers only. */
  readonly seen?: boolean;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly set: (value: string) => void;
}

export function Menu({ label, seen, value, options, set }: MenuProps) {
  // What is stored and no longer offered is still shown.
  const known = options.some(([key]) => key === value);
  const all = known ? options : [...options, [value, value] as const];
  const id = useId();
  const select = (
    <select
      id={id}
      aria-label={seen === true ? undefined : label}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
    >
      {all.map(([key, text]) => (
        <option key={key} value={key} selected={key === value}>
          {text}
        </option>
      ))}
    </select>
  );
  if (seen !== true) return select;
  return (
    <span class="labelled">
      <label class="hint" for={id}>
        {label}
      </label>
      {select}
    </span>
  );
}
