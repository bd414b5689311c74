/** The fields of a person, the same for a new one and one that is there. */
import { fromLocalInput, toLocalInput } from '../../format.js';
import { t } from '../../i18n.js';
import type { AccessRight, Group, User } from '../../model.js';
import { useAll } from '../../names.js';
import { Choices } from '../../parts/choices.js';
import { AreaField, CheckField, TextField } from '../../parts/field.js';
import { LinesField } from '../../parts/linesField.js';

export type PersonDraft = Omit<User, 'id' | 'revision'>;

export const emptyPerson: PersonDraft = {
  name: '',
  enabled: true,
  groups: [],
  accessRights: [],
  extendedUnlock: false,
  supervisor: false,
  note: '',
  urls: [],
};

interface Props {
  readonly draft: PersonDraft;
  readonly set: (change: Partial<PersonDraft>) => void;
  readonly autofocus?: boolean;
}

export function PersonFields({ draft, set, autofocus }: Props) {
  return (
    <>
      <TextField
        label={t('person.name')}
        name="name"
        value={draft.name}
        onInput={(name) => set({ name })}
        maxLength={128}
        required
        autofocus={autofocus === true}
      />
      <Rights draft={draft} set={set} />
      <div class="pair">
        <TextField
          label={t('person.from')}
          name="validFromMs"
          type="datetime-local"
          value={toLocalInput(draft.validFromMs)}
          onInput={(text) => set(optional('validFromMs', fromLocalInput(text)))}
        />
        <TextField
          label={t('person.until')}
          name="validUntilMs"
          type="datetime-local"
          value={toLocalInput(draft.validUntilMs)}
          onInput={(text) => set(optional('validUntilMs', fromLocalInput(text)))}
        />
      </div>
      <CheckField
        label={t('person.enabled')}
        name="enabled"
        checked={draft.enabled}
        onInput={(enabled) => set({ enabled })}
      />
      <CheckField
        label={t('person.extended')}
        name="extendedUnlock"
        hint={t('person.extended.hint')}
        checked={draft.extendedUnlock}
        onInput={(extendedUnlock) => set({ extendedUnlock })}
      />
      <CheckField
        label={t('person.supervisor')}
        name="supervisor"
        hint={t('person.supervisor.hint')}
        checked={draft.supervisor}
        onInput={(supervisor) => set({ supervisor })}
      />
      <AreaField label={t('person.note')} name="note" value={draft.note} onInput={(note) => set({ note })} />
      <LinesField
        label={t('person.urls')}
        hint={t('person.urls.hint')}
        name="urls"
        value={draft.urls}
        onInput={(urls) => set({ urls })}
      />
    </>
  );
}

/** An emptied date is a field taken away. */
function optional(name: 'validFromMs' | 'validUntilMs', value: number | undefined): Partial<PersonDraft> {
  return { [name]: value };
}

function Rights({ draft, set }: Pick<Props, 'draft' | 'set'>) {
  const groups = useAll<Group>('groups');
  const rights = useAll<AccessRight>('access-rights');
  return (
    <>
      <Choices
        legend={t('person.groups')}
        name="groups"
        all={groups}
        chosen={draft.groups}
        change={(chosen) => set({ groups: chosen })}
      />
      <Choices
        legend={t('person.rights')}
        name="accessRights"
        all={rights}
        chosen={draft.accessRights}
        change={(chosen) => set({ accessRights: chosen })}
      />
    </>
  );
}
