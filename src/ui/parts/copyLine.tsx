/** A line to copy: whole, selectable, and a button that copies it. */
import { t } from '../i18n.js';
import { Button } from './button.js';
import { say } from './toast.js';

export function CopyLine({ label, text }: { readonly label: string; readonly text: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(t('state.copied'));
    } catch {
      // Browsers keep the clipboard from plain HTTP pages: the line is selected instead.
      say(t('state.copyself'), true);
    }
  };
  return (
    <div class="copy-line">
      <input readOnly aria-label={label} value={text} onFocus={(event) => event.currentTarget.select()} />
      <Button icon="copy" size="small" label={`${t('action.copy')}: ${label}`} onClick={copy} />
    </div>
  );
}
