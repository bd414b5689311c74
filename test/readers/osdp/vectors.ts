/** Published and computed OSDP frames (`test/site/osdp/vectors.json`), as bytes. */
import { readFileSync } from 'node:fs';

export interface Step {
  readonly dir: 'CP->PD' | 'PD->CP';
  readonly msg?: string;
  readonly scs?: string;
  readonly code?: string;
  readonly plain?: string;
  readonly mac16?: string;
  readonly frame: string;
}

export interface SessionVector {
  readonly scbk: string;
  readonly selector: 0 | 1;
  readonly rnd_a: string;
  readonly rnd_b: string;
  readonly cuid: string;
  readonly s_enc: string;
  readonly s_mac1: string;
  readonly s_mac2: string;
  readonly client_cryptogram: string;
  readonly server_cryptogram: string;
  readonly rmac_i: string;
  readonly exchange: readonly Step[];
}

interface Vectors {
  readonly crc16: {
    readonly check_123456789: string;
    readonly frames: readonly { readonly body: string; readonly wire: string }[];
  };
  readonly checksum: readonly { readonly body: string; readonly sum: string }[];
  readonly plain_commands_addr1_seq1_crc: Readonly<Record<string, string>>;
  readonly plain_commands_addr1_seq1_checksum: Readonly<Record<string, string>>;
  readonly plain_replies_addr1_seq1_crc: Readonly<Record<string, string>>;
  readonly published_frames: readonly { readonly name: string; readonly frame: string }[];
  readonly poll_ack_all_sequence_numbers_addr0: readonly {
    readonly seq: number;
    readonly poll: string;
    readonly ack: string;
  }[];
  readonly secure_channel_scbkd: SessionVector;
  readonly secure_channel_scbk: SessionVector;
  readonly secure_channel_after_keyset: SessionVector;
  readonly zero_session_keys: {
    readonly frames: readonly { readonly name: string; readonly plain: string; readonly frame: string }[];
  };
  readonly must_not_act: {
    readonly frames: readonly {
      readonly state: 'clear' | 'sc';
      readonly why: string;
      readonly frame: string;
    }[];
  };
}

export const vectors: Vectors = JSON.parse(readFileSync('test/site/osdp/vectors.json', 'utf8'));

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
