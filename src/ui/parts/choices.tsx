/** Several of a short list, as marks to press. */
import { t } from '../i18n.js';
import { FieldError } from './form.js';

interface ChoicesProps {
  readonly legend: string;
  readonly all: readonly { readonly id: string; readonly name: string }[];
  readonly chosen: readonly string[];
  readonly change: (chosen: readonly string[]) => void;
  /** Name of the field in the API, for its error. */
  readonly name?: string;
  readonly hint?: string;
}

export function Choices({ legend, all, chosen, change, name, hint }: ChoicesProps) {
  return (
    <fieldset class="choices">
      <legend class="label">{legend}</legend>
      {all.length === 0 ? <span class="hint">{t('state.none')}</span> : null}
      {all.map(({ id, name: text }) => (
        <label key={id} class="choice">
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onInput={(event) =>
              change(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
            }
          />
          <span>{text}</span>
        </label>
      ))}
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      {name === undefined ? null : <FieldError name={name} />}
    </fieldset>
  );
}
