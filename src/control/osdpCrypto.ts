/** AES-128 for OSDP Secure Channel out of Node's own library. */
import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import type { OsdpCrypto } from '../readers/osdp/secure.js';

/** Bytes are padded by the protocol, never by the cipher. */
export const osdpCrypto: OsdpCrypto = {
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
  ecbEncrypt: (key, data) => {
    const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    return new Uint8Array(cipher.update(data));
  },
  cbcEncrypt: (key, iv, data) => {
    const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
    return new Uint8Array(cipher.update(data));
  },
  cbcDecrypt: (key, iv, data) => {
    const decipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
    return new Uint8Array(decipher.update(data));
  },
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};
