/** How a card or code serves: how often still, and whether it also calls for help in silence. */
import { useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t, tn } from '../../i18n.js';
import type { Credential } from '../../model.js';
import { Dialog } from '../../parts/dialog.js';
import { CheckField, TextField } from '../../parts/field.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';

export interface ServingDraft {
  /** A number as typed; empty = no limit. */
  readonly uses: string;
  readonly duress: boolean;
}

export const usualServing: ServingDraft = { uses: '', duress: false };

/** As the API takes it with a new credential. */
export function servingBody({ uses, duress }: ServingDraft): object {
  return { ...(uses === '' ? {} : { usesLeft: Number(uses) }), ...(duress ? { duress } : {}) };
}

/** What is not as usual, in words. */
export function servingTexts({ usesLeft, duress, withCard }: Credential): readonly string[] {
  return [
    ...(usesLeft === undefined ? [] : [tn('card.uses', usesLeft)]),
    ...(withCard === true ? [t('card.withcard')] : []),
    ...(duress === true ? [t('card.duress')] : []),
  ];
}

interface Props {
  readonly draft: ServingDraft;
  readonly set: (change: Partial<ServingDraft>) => void;
  /** One that is there may have served its last time. */
  readonly usesMin: 0 | 1;
}

export function Serving({ draft, set, usesMin }: Props) {
  return (
    <>
      <TextField
        label={t('card.usesleft')}
        hint={t('card.usesleft.hint')}
        name="usesLeft"
        type="number"
        min={usesMin}
        max={1_000_000}
        value={draft.uses}
        onInput={(uses) => set({ uses })}
      />
      <CheckField
        label={t('card.duress')}
        name="duress"
        hint={t('card.duress.hint')}
        checked={draft.duress}
        onInput={(duress) => set({ duress })}
      />
    </>
  );
}

/** The same of a credential that is there. */
export function EditServing({
  credential,
  close,
}: {
  readonly credential: Credential;
  readonly close: () => void;
}) {
  const { id, revision, usesLeft, duress = false } = credential;
  const [draft, setDraft] = useState<ServingDraft>({ uses: String(usesLeft ?? ''), duress });
  const send = () =>
    ask('PATCH', `/api/v1/credentials/${encodeURIComponent(id)}`, {
      body: { usesLeft: draft.uses === '' ? null : Number(draft.uses), duress: draft.duress },
      etag: `"${revision}"`,
    });
  const sending = useSending(send, close);
  return (
    <Dialog title={t('card.serving')} onClose={close}>
      <SaveForm sending={sending} cancel={close}>
        <Serving draft={draft} usesMin={0} set={(change) => setDraft({ ...draft, ...change })} />
      </SaveForm>
    </Dialog>
  );
}
