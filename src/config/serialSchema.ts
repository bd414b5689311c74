/** The serial part of the site file: ports, and the OSDP readers that hang on them. */
import { z } from 'zod';

const signalText = z
  .string()
  .regex(/^[ -~]{1,32}$/)
  .optional()
  .describe('1 to 32 plain characters for the display');

/** One RS485 line (or RS232 port) of the controller. */
export const serialPort = z
  .strictObject({
    device: z
      .string()
      .regex(/^\/dev\/[A-Za-z0-9._/:@+-]{1,200}$/)
      .optional()
      .describe('the device, for instance /dev/serial/by-id/usb-... ; only the mock board does without'),
    baud: z.int().min(300).max(1_000_000).default(9_600).describe('bits a second, 9600 unless set otherwise'),
    parity: z.enum(['none', 'even', 'odd']).default('none').describe('none, even or odd'),
    dataBits: z
      .union([z.literal(7), z.literal(8)])
      .default(8)
      .describe('7 or 8'),
    stopBits: z
      .union([z.literal(1), z.literal(2)])
      .default(1)
      .describe('1 or 2'),
    adapter: z
      .enum(['usb', 'uart'])
      .default('usb')
      .describe('usb (an adapter that delivers late and in pieces) or uart (a port of the board itself)'),
    pollMs: z
      .int()
      .min(0)
      .max(1_000)
      .default(20)
      .describe('milliseconds from one poll of an OSDP reader to the next, 0 (as fast as it goes) to 1000'),
  })
  .describe('a port, for instance { device: /dev/ttyAMA0, baud: 9600 }');

/** A reader that speaks OSDP. */
export const osdp = z
  .strictObject({
    line: z.string().min(1).max(32).describe('the id of a port under serial'),
    address: z.int().min(0).max(126).describe('the address of the reader, 0 to 126'),
    secure: z
      .enum(['required', 'off'])
      .default('required')
      .describe('required (Secure Channel or nothing) or off (in clear: anybody at the cable can open)'),
    formats: z
      .array(z.string().min(1).max(32).describe('the name of a card format, for instance H10301'))
      .min(1)
      .max(32)
      .describe('a list of card formats, for instance [H10301]'),
    text: z
      .enum(['decimal', 'hex'])
      .default('decimal')
      .describe('how cards sent as characters are numbers: decimal or hex'),
    idle: z
      .enum(['off', 'red', 'green', 'amber', 'blue', 'magenta', 'cyan', 'white'])
      .default('red')
      .describe('the colour at rest: off, red, green, amber, blue, magenta, cyan or white'),
    offline: z
      .enum(['off', 'red', 'green', 'amber', 'blue', 'magenta', 'cyan', 'white', 'reader'])
      .default('amber')
      .describe(
        'the colour that blinks when the controller is silent, or reader (what the reader is set to show)',
      ),
    texts: z
      .strictObject({
        granted: signalText,
        denied: signalText,
        'denied-passback': signalText,
        'waiting-for-pin': signalText,
        held: signalText,
        alarm: signalText,
        normal: signalText,
        offline: signalText,
      })
      .default({})
      .describe('what a display says, for instance { granted: Welcome }'),
  })
  .describe('where it hangs and what it reads, for instance { line: rs485, address: 0, formats: [H10301] }');
