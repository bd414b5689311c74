/** What readers say of their own accord in their vendor's words (MFGREP to a poll): the latest, for whoever asks. */
import type { ReaderId } from '../core/model.js';
import type { VendorWord } from '../core/osdp.js';

const wordsMax = 32;

export interface Words {
  keep(reader: ReaderId, oui: Uint8Array, data: Uint8Array): void;
  /** Those with a higher number, oldest first; what was too many is gone. */
  after(reader: ReaderId, seq: number): { readonly words: readonly VendorWord[]; readonly last: number };
}

export function createWords(nowWallMs: () => number): Words {
  const kept = new Map<ReaderId, readonly VendorWord[]>();
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return {
    keep(reader, oui, data) {
      const before = kept.get(reader) ?? [];
      const seq = (before.at(-1)?.seq ?? 0) + 1;
      const word = { seq, wallMs: nowWallMs(), oui: hex(oui), data: hex(data) };
      kept.set(reader, [...before, word].slice(-wordsMax));
    },
    after(reader, seq) {
      const all = kept.get(reader) ?? [];
      return { words: all.filter((one) => one.seq > seq), last: all.at(-1)?.seq ?? 0 };
    },
  };
}
