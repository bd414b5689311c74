/** A choice within a row, named for screen readers only. */
interface MenuProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly set: (value: string) => void;
}

export function Menu({ label, value, options, set }: MenuProps) {
  // What is stored and no longer offered is still shown.
  const known = options.some(([key]) => key === value);
  const all = known ? options : [...options, [value, value] as const];
  return (
    <select aria-label={label} value={value} onChange={(event) => set(event.currentTarget.value)}>
      {all.map(([key, text]) => (
        <option key={key} value={key} selected={key === value}>
          {text}
        </option>
      ))}
    </select>
  );
}
