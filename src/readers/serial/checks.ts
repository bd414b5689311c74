/** Check values of simple serial readers, over any bytes. */

export type CheckKind = 'xor' | 'sum' | 'complement' | 'crc16';

/** A 16-bit CRC by its parameters; `reflected` for those that go lowest bit first. */
export interface Crc16 {
  readonly polynomial: number;
  readonly start: number;
  readonly reflected: boolean;
}

/** CRC-16/MODBUS: "123456789" gives 4B37. */
export const modbusCrc: Crc16 = { polynomial: 0x8005, start: 0xffff, reflected: true };

/** Bytes of a check value. */
export function checkBytes(kind: CheckKind): 1 | 2 {
  return kind === 'crc16' ? 2 : 1;
}

/** The value over these bytes. `complement` makes the sum of all, itself included, zero. */
export function checkOf(kind: CheckKind, bytes: Uint8Array, crc: Crc16 = modbusCrc): number {
  if (kind === 'xor') return bytes.reduce((value, byte) => value ^ byte, 0);
  if (kind === 'crc16') return crc16(bytes, crc);
  const sum = bytes.reduce((value, byte) => (value + byte) & 0xff, 0);
  return kind === 'sum' ? sum : -sum & 0xff;
}

function crc16(bytes: Uint8Array, { polynomial, start, reflected }: Crc16): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= (reflected ? reversed(byte, 8) : byte) << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ polynomial) & 0xffff : crc << 1;
  }
  return reflected ? reversed(crc, 16) : crc;
}

function reversed(value: number, width: number): number {
  let result = 0;
  for (let bit = 0; bit < width; bit++) result |= ((value >> bit) & 1) << (width - 1 - bit);
  return result;
}
