/** What is shown when somebody else saved first: the draft stays, and the person chooses. */
import type { Edit } from '../edit.js';
import { t } from '../i18n.js';
import { Button } from './button.js';
import { Note } from './panel.js';

interface StaleProps<T extends object> {
  readonly edit: Edit<T>;
  readonly nameOf: (field: string) => string;
}

export function StaleNote<T extends object>({ edit, nameOf }: StaleProps<T>) {
  if (edit.stale === undefined) return null;
  return (
    <div role="alert">
      <Note tone="warn">
        <p class="strong">{t('stale.title')}</p>
        <p>{t('stale.text')}</p>
        {edit.stale.length === 0 ? null : (
          <p>{t('stale.fields', { fields: edit.stale.map(nameOf).join(', ') })}</p>
        )}
        <div class="actions">
          <Button size="small" onClick={edit.save}>
            {t('stale.mine')}
          </Button>
          <Button size="small" onClick={edit.takeTheirs}>
            {t('stale.theirs')}
          </Button>
        </div>
      </Note>
    </div>
  );
}
