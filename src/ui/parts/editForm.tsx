/** The frame of every form that edits a thing under its revision: its note when stale, its problem, its button. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Edit } from '../edit.js';
import { t } from '../i18n.js';
import { Button } from './button.js';
import { Form, ProblemNote } from './form.js';
import { StaleNote } from './staleNote.js';

interface EditFormProps<T extends object> {
  readonly label: string;
  readonly edit: Edit<T>;
  /** The name of a field of the API, for people. */
  readonly nameOf: (field: string) => string;
  readonly mayEdit: boolean;
  readonly children: ComponentChildren;
  readonly more?: ComponentChildren;
}

export function EditForm<T extends object>({
  label,
  edit,
  nameOf,
  mayEdit,
  children,
  more,
}: EditFormProps<T>) {
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    await edit.save();
    setBusy(false);
  };
  return (
    <Form label={label} problem={edit.problem} submit={submit}>
      {/* Whoever may not change it reads it in the same form. */}
      <fieldset class="form" disabled={!mayEdit}>
        {children}
      </fieldset>
      <StaleNote edit={edit} nameOf={nameOf} />
      <ProblemNote />
      {mayEdit ? (
        <footer class="actions">
          {more}
          <Button kind="primary" type="submit" busy={busy} disabled={!edit.dirty}>
            {t('action.save')}
          </Button>
        </footer>
      ) : null}
    </Form>
  );
}
