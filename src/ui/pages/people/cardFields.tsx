/** A card as it is printed, as its bits were read, or taken from the next swipe; a PIN; a code. */
import { useEffect, useState } from 'preact/hooks';
import { type Answer, ask } from '../../http.js';
import { t } from '../../i18n.js';
import { onEvents } from '../../live.js';
import type { Credential, Event } from '../../model.js';
import { Button } from '../../parts/button.js';
import { CheckField, SelectField, TextField } from '../../parts/field.js';
import { site } from '../../site.js';
import { Serving, type ServingDraft, servingBody, usualServing } from './serving.js';

export type CardKind = 'none' | 'printed' | 'notation' | 'hex' | 'pin' | 'code';

export interface CardDraft {
  readonly kind: CardKind;
  readonly format: string;
  readonly facility: string;
  readonly number: string;
  readonly text: string;
  /** As Akuvox devices print a card. */
  readonly notation: string;
  readonly withCard: boolean;
  readonly serving: ServingDraft;
}

export const emptyCard: CardDraft = {
  kind: 'none',
  format: 'H10301',
  facility: '',
  number: '',
  text: '',
  notation: '6H3D5D',
  withCard: false,
  serving: usualServing,
};

/** Gives the person what the draft describes; undefined = nothing to give. */
export async function addCredential(user: string, card: CardDraft): Promise<Answer<Credential> | undefined> {
  const secret = secretOf(card);
  if (secret === undefined) return undefined;
  const body = { user, ...secret, ...servingBody(card.serving) };
  return ask('POST', '/api/v1/credentials', { body });
}

function secretOf(card: CardDraft): object | undefined {
  const { kind, format, facility, number, text } = card;
  switch (kind) {
    case 'none':
      return undefined;
    case 'printed':
      return { kind: 'card', format, facility: Number(facility || 0), number: number.trim() };
    case 'notation':
      return { kind: 'card', notation: card.notation, value: text.trim() };
    case 'hex':
      return { kind: 'card', hex: text.replace(/[\s:]/g, '') };
    case 'pin':
      return { kind: 'pin', pin: text, withCard: card.withCard };
    case 'code':
      return { kind: 'code', code: text };
  }
}

interface Props {
  readonly card: CardDraft;
  readonly set: (card: CardDraft) => void;
  /** A swipe this begins with: its last digits are a help, the number on the card is what counts. */
  readonly event?: Event | undefined;
  /** Leaves out "none": the form is about a credential. */
  readonly always?: boolean;
  /** Told when an unknown card was shown that can be given as it is. */
  readonly take?: (seen: Event) => void;
}

/** The name under which a card that nobody has may be given for a while; undefined = not to be had. */
export function handleOf(event: Event | undefined): string | undefined {
  const handle = event?.detail?.['enrol'];
  return typeof handle === 'string' ? handle : undefined;
}

export function CardFields({ card, set, event, always, take }: Props) {
  const kinds = (['none', 'printed', 'notation', 'hex', 'pin', 'code'] as const).filter(
    (kind) => kind !== 'none' || always !== true,
  );
  useEffect(() => {
    if (event !== undefined || always === true) set({ ...card, kind: 'printed' });
  }, [event?.seq, always]);
  const change = (more: Partial<CardDraft>) => set({ ...card, ...more });
  return (
    <fieldset class="card-fields">
      <legend class="label">{t('card.title')}</legend>
      {take === undefined ? null : <Watch take={take} />}
      <SelectField
        label={t('card.kind')}
        value={card.kind}
        onInput={(kind) => change({ kind: kind as CardKind, text: '' })}
        options={kinds.map((kind) => [kind, t(`card.kind.${kind}`)])}
      />
      {card.kind === 'printed' ? <Printed card={card} change={change} event={event} /> : null}
      {card.kind === 'notation' ? (
        <SelectField
          label={t('card.notation')}
          name="notation"
          value={card.notation}
          onInput={(notation) => change({ notation })}
          options={['6H3D5D', '8H10D', '8HN', '8HR'].map((name) => [name, name])}
        />
      ) : null}
      {card.kind === 'none' || card.kind === 'printed' ? null : (
        <Typed kind={card.kind} card={card} change={change} />
      )}
      {card.kind === 'none' ? null : (
        <Serving
          draft={card.serving}
          usesMin={1}
          set={(more) => change({ serving: { ...card.serving, ...more } })}
        />
      )}
    </fieldset>
  );
}

interface TypedProps {
  readonly kind: 'notation' | 'hex' | 'pin' | 'code';
  readonly card: CardDraft;
  readonly change: (more: Partial<CardDraft>) => void;
}

/** One text: digits of a card, a PIN, a code; the last two can be made up, to serve once. */
function Typed({ kind, card, change }: TypedProps) {
  const [made, setMade] = useState(false);
  const makeUp = () => {
    setMade(true);
    change({ text: eightDigits(), serving: { ...card.serving, uses: '1' } });
  };
  return (
    <>
      <TextField
        label={t(`card.kind.${kind}`)}
        hint={t(made ? 'card.hint.made' : `card.hint.${kind}`)}
        name={kind === 'notation' ? 'value' : kind}
        type={kind === 'pin' && !made ? 'password' : 'text'}
        inputMode={kind === 'pin' ? 'numeric' : 'text'}
        autocomplete="off"
        value={card.text}
        onInput={(text) => change({ text })}
        required
      />
      {kind === 'pin' || kind === 'code' ? (
        <div class="actions">
          <Button size="small" onClick={makeUp}>
            {t('card.once')}
          </Button>
        </div>
      ) : null}
      {kind === 'pin' ? (
        <CheckField
          label={t('card.withcard')}
          name="withCard"
          hint={t('card.withcard.hint')}
          checked={card.withCard}
          onInput={(withCard) => change({ withCard })}
        />
      ) : null}
    </>
  );
}

/** Nobody guesses it: from the browser's own source of chance, each digit as likely as another. */
function eightDigits(): string {
  for (;;) {
    const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (value < 4_200_000_000) return String(value % 100_000_000).padStart(8, '0');
  }
}

interface PrintedProps {
  readonly card: CardDraft;
  readonly change: (more: Partial<CardDraft>) => void;
  readonly event: Event | undefined;
}

function Printed({ card, change, event }: PrintedProps) {
  const formats = site.get()?.formats ?? ['H10301'];
  return (
    <>
      <div class="triple">
        <SelectField
          label={t('card.format')}
          name="format"
          value={card.format}
          onInput={(format) => change({ format })}
          options={formats.map((name) => [name, name])}
        />
        <TextField
          label={t('card.facility')}
          name="facility"
          inputMode="numeric"
          value={card.facility}
          onInput={(facility) => change({ facility })}
        />
        <TextField
          label={t('card.number')}
          name="number"
          inputMode="numeric"
          value={card.number}
          onInput={(number) => change({ number })}
          required
        />
      </div>
      <p class="hint">
        {event?.credential === undefined
          ? t('card.hint.printed')
          : t('card.hint.seen', { label: event.credential.label })}
      </p>
    </>
  );
}

/** Waits for the next card that nobody has, at any reader: no number need be typed. */
function Watch({ take }: { readonly take: (seen: Event) => void }) {
  const [on, setOn] = useState(false);
  useEffect(() => {
    if (!on) return;
    return onEvents((events) => {
      const found = events.find((event) => handleOf(event) !== undefined);
      if (found === undefined) return;
      setOn(false);
      take(found);
    });
  }, [on]);
  return (
    <div class="actions">
      <Button size="small" icon="card" pressed={on} onClick={() => setOn(!on)}>
        {t(on ? 'card.watching' : 'card.watch')}
      </Button>
    </div>
  );
}
