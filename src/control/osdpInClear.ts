/**
 * Readers that speak in clear cannot be defended: whoever holds the cable can say cards. What gives that away is told:
 * two cards closer together than hands are, the same card again among them.
 */
import type { ReaderId } from '../core/model.js';
import type { BusEvent } from '../readers/osdp/events.js';
import type { TellReport } from './osdpLinks.js';

/** Nobody holds two cards to a reader within this time. */
const handsUs = 200_000;
/** One row in this time for each reader: a flood would hide what matters. */
const rowEveryUs = 60_000_000;

interface Heard {
  lastUs: number;
  lastCard: string;
  toldUs: number | undefined;
  heldBack: number;
}

/** Hears every event of a line; nothing is told of readers that must speak sealed. */
export function createInClearWatch(
  readers: readonly { readonly id: ReaderId; readonly secure: 'required' | 'off' }[],
  report: TellReport,
  nowUs: () => number,
): (event: BusEvent) => void {
  const heard = new Map<ReaderId, Heard | undefined>(
    readers.flatMap(({ id, secure }) => (secure === 'off' ? [[id, undefined]] : [])),
  );
  return (event) => {
    if ((event.kind !== 'card' && event.kind !== 'formatted') || !heard.has(event.id)) return;
    const card = event.kind === 'card' ? event.bits : event.text;
    const now = nowUs();
    const last = heard.get(event.id) ?? {
      lastUs: Number.NEGATIVE_INFINITY,
      lastCard: '',
      toldUs: undefined,
      heldBack: 0,
    };
    const afterUs = now - last.lastUs;
    const same = card === last.lastCard;
    heard.set(event.id, { ...last, lastUs: now, lastCard: card });
    if (afterUs >= handsUs) return;
    tell(event.id, { same, afterMs: Math.round(afterUs / 1_000) });
  };

  function tell(id: ReaderId, detail: { readonly same: boolean; readonly afterMs: number }): void {
    const one = heard.get(id);
    if (one === undefined) return;
    if (one.toldUs !== undefined && nowUs() - one.toldUs < rowEveryUs) {
      one.heldBack += 1;
      return;
    }
    const { heldBack } = one;
    Object.assign(one, { toldUs: nowUs(), heldBack: 0 });
    report(id, 'reader-notice', {
      notice: 'reads-too-quick',
      ...detail,
      ...(heldBack === 0 ? {} : { heldBack }),
    });
  }
}
