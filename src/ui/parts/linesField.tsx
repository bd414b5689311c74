/** Several short texts, one a line. */
import { useState } from 'preact/hooks';
import { AreaField } from './field.js';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly name: string;
  readonly value: readonly string[];
  readonly onInput: (value: readonly string[]) => void;
}

/** Empty lines stand while one types, and are nothing. */
export function LinesField({ value, onInput, ...rest }: Props) {
  const [typed, setTyped] = useState('');
  const stored = value.join('\n');
  const text = linesOf(typed).join('\n') === stored ? typed : stored;
  return (
    <AreaField
      {...rest}
      value={text}
      onInput={(written) => {
        setTyped(written);
        onInput(linesOf(written));
      }}
    />
  );
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
