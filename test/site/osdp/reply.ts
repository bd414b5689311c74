/** Answers of a reader: code and data, and the refusals. */

export interface Reply {
  readonly code: number;
  readonly data: Uint8Array;
}

/** Codes of NAK. */
export const nak = {
  check: 1,
  length: 2,
  unknown: 3,
  sequence: 4,
  block: 5,
  security: 6,
  record: 9,
} as const;

export const ack: Reply = { code: 0x40, data: new Uint8Array() };

export function refuse(code: number): Reply {
  return { code: 0x41, data: Uint8Array.of(code) };
}

export function reply(code: number, ...data: number[]): Reply {
  return { code, data: Uint8Array.from(data) };
}

/** Least significant byte first. */
export function little(value: number, bytes: number): readonly number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) & 0xff);
}

/** Undefined when the data is no whole number of records, or none. */
export function recordsOf(data: Uint8Array, bytes: number): readonly (readonly number[])[] | undefined {
  if (data.length === 0 || data.length % bytes !== 0) return undefined;
  return Array.from({ length: data.length / bytes }, (_, n) => [...data.slice(n * bytes, (n + 1) * bytes)]);
}
