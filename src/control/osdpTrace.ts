/** The latest frames of a line, for `sallyport osdp monitor`. Keys and PINs are zeros before they are kept. */
import type { TraceRecord } from '../core/osdp.js';
import { createFrameFinder } from '../readers/osdp/frame.js';
import { withoutSecrets } from '../readers/osdp/trace.js';

const recordsMax = 512;

export interface Trace {
  output(bytes: Uint8Array): void;
  input(bytes: Uint8Array): void;
  after(seq: number): { readonly records: readonly TraceRecord[]; readonly last: number };
}

export function createTrace(nowWallMs: () => number): Trace {
  const records: TraceRecord[] = [];
  const finder = createFrameFinder();
  let last = 0;
  const keep = (io: TraceRecord['io'], bytes: Uint8Array) => {
    if (records.length >= recordsMax) records.shift();
    last++;
    records.push({ seq: last, wallMs: nowWallMs(), io, data: Buffer.from(bytes).toString('hex') });
  };
  return {
    output(bytes) {
      finder.clear();
      keep('output', withoutSecrets(bytes));
    },
    input(bytes) {
      // Whole frames only: the rest of a damaged one says nothing, and pieces could carry half a PIN.
      for (const found of finder.push(bytes)) {
        if (found.kind === 'frame') keep('input', withoutSecrets(found.frame.bytes));
      }
    },
    after: (seq) => ({ records: records.filter((one) => one.seq > seq), last }),
  };
}
