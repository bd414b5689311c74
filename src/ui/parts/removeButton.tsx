/** Deletes a thing under the revision that was read, after asking. */
import { ask } from '../http.js';
import { t } from '../i18n.js';
import { Button } from './button.js';
import { sure } from './dialog.js';
import { tell } from './toast.js';

interface RemoveProps {
  /** Address of the thing in the API. */
  readonly path: string;
  readonly name: string;
  readonly etag: string | undefined;
  /** What to ask, where more than its name must be said. */
  readonly text?: string;
  /** An icon alone, in lists. */
  readonly bare?: boolean;
  readonly removed: () => void;
}

export function RemoveButton({ path, name, etag, text, bare, removed }: RemoveProps) {
  const remove = async () => {
    const question = {
      title: t('action.delete'),
      text: text ?? t('thing.delete', { name }),
      yes: t('action.delete'),
      danger: true,
    };
    if (!(await sure(question))) return;
    if (tell(await ask('DELETE', path, { etag }), t('state.deleted'))) removed();
  };
  if (bare === true) {
    return <Button kind="quiet" icon="trash" label={`${t('action.delete')} ${name}`} onClick={remove} />;
  }
  return (
    <Button kind="danger" icon="trash" onClick={remove}>
      {t('action.delete')}
    </Button>
  );
}
