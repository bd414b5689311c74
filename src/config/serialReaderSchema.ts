/** A reader on a serial line that speaks something simple. Flat: which keys go together is in `serialReaderRules.ts`. */
import { z } from 'zod';

/** Ready-made framings; a test holds this list to the table of `src/readers/serial/presets.ts`. */
export const presetFramings = [
  ...(['em4100', 'em18', 'decimal-line', 'hex-line', 'mifare-stx', 'inveo', 'vrd-485'] as const),
] as const;
/** Of these the ones that are asked; the others speak by themselves. */
export const askedPresets: readonly string[] = ['inveo', 'vrd-485'];
/** The three kinds that are configured key by key. */
export const ownFramings = ['delimited', 'length-prefixed', 'modbus-rtu'] as const;

const bytes = (what: string, bytesMax = 16) =>
  z
    .string()
    .regex(/^ *(?:[0-9A-Fa-f]{2} *)*$/)
    .refine((hex) => hex.replaceAll(' ', '').length / 2 <= bytesMax)
    .optional()
    .describe(`${what} as hex bytes in quotes, for instance "02 0A"; at most ${bytesMax}`);
const whole = (min: number, max: number, what: string) =>
  z.int().min(min).max(max).optional().describe(`${what}, ${min} to ${max}`);
const milliseconds = (min: number, max: number) => whole(min, max, 'milliseconds');

const check = z
  .strictObject({
    kind: z.enum(['xor', 'sum', 'complement', 'crc16']).describe('xor, sum, complement or crc16'),
    over: z.enum(['decoded', 'sent']).optional().describe('decoded (the bytes the hex stands for) or sent'),
    from: whole(0, 16, 'the first byte it covers'),
    written: z.enum(['hex', 'binary']).optional().describe('hex (two characters a byte) or binary'),
    order: z.enum(['big', 'little']).optional().describe('which of two bytes comes first: big or little'),
    polynomial: whole(1, 0xffff, 'the polynomial of a CRC, for instance 0x1021'),
    start: whole(0, 0xffff, 'the start value of a CRC'),
    reflected: z.boolean().optional().describe('true or false'),
  })
  .optional()
  .describe('the check value at the end, for instance { kind: xor, over: decoded }');

export const serialReader = z
  .strictObject({
    line: z.string().min(1).max(32).describe('the id of a port under serial'),
    framing: z
      .enum([...presetFramings, ...ownFramings])
      .describe(`one of ${[...presetFramings, ...ownFramings].join(', ')}`),
    // Delimited
    start: bytes('what a frame begins with'),
    end: bytes('what a frame ends with'),
    silenceMs: milliseconds(10, 1_000),
    keys: z.boolean().optional().describe('true when a key of the keypad is one character by itself'),
    // Length-prefixed
    header: bytes('what a frame begins with'),
    lengthAt: whole(0, 15, 'where the length stands, counted from 0'),
    lengthBytes: z
      .union([z.literal(1), z.literal(2)])
      .optional()
      .describe('1 or 2'),
    lengthOrder: z.enum(['big', 'little']).optional().describe('big or little'),
    lengthComplement: z.boolean().optional().describe('true when the complement of the length follows it'),
    lengthPlus: whole(0, 64, 'what the length leaves out of the whole frame'),
    trailer: bytes('what a frame ends with'),
    // Both
    bytesMax: whole(1, 1_024, 'the most bytes of a frame'),
    check,
    keyPrefix: bytes('what a frame with one key of the keypad begins with'),
    acknowledge: bytes('what the reader is sent after a card or a key, its check value included', 64),
    ask: bytes('the question that is asked again and again, its check value included', 64),
    empty: bytes('how an answer begins that says there is no card'),
    // Modbus
    unit: whole(1, 247, 'the unit'),
    function: z
      .union([z.literal(3), z.literal(4)])
      .optional()
      .describe('3 (holding registers) or 4 (input registers)'),
    register: whole(0, 0xffff, 'the first register'),
    count: whole(1, 125, 'how many registers'),
    sequenceWord: whole(0, 124, 'which of the registers counts the cards'),
    flagCoil: whole(0, 0xffff, 'the coil that says there is a new card'),
    clear: bytes('what is written after a read: function and data without unit and CRC'),
    // Asked
    everyMs: milliseconds(20, 10_000),
    timeoutMs: milliseconds(20, 5_000),
    // The number
    text: z.enum(['hex', 'decimal', 'binary']).optional().describe('hex, decimal or binary'),
    offset: whole(0, 1_023, 'where the number begins in the content, counted from 0'),
    length: whole(1, 64, 'characters or bytes of the number'),
    pattern: z
      .string()
      .regex(/^(?=[ -~]{6,64}$)[ -~]*\{card\}/)
      .optional()
      .describe('what stands around the number, for instance "ID={card};"'),
    reversed: z.boolean().optional().describe('true when the last byte is sent first'),
    bits: whole(1, 128, 'the length a card must have to be looked up'),
    repeatMs: milliseconds(0, 60_000),
    show: z
      .strictObject(
        Object.fromEntries(
          ['granted', 'denied', 'denied-passback', 'waiting-for-pin', 'held', 'alarm', 'normal'].map(
            (signal) => [signal, bytes('what is sent to the reader', 64)],
          ),
        ),
      )
      .optional()
      .describe('what is sent to the reader with a signal, for instance { granted: "02 47 03" }'),
  })
  .describe('where it hangs and how it speaks, for instance { line: rs485, framing: em4100 }');
