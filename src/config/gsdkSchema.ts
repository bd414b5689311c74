/** The part of the site file about G-SDK clients. */
import { z } from 'zod';

/** The number of a device of that dialect. */
export const deviceId = z.int().min(1).max(0xffff_ffff);

/** Suprema's dialect over gRPC; absent = not served. */
export const gsdk = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]{1,253}$/)
      .default('127.0.0.1')
      .describe('an address of this machine, 127.0.0.1 for itself alone or 0.0.0.0 for the network'),
    port: z.int().min(0).max(65_535).default(4_000).describe('a port, 1 to 65535 (0 = any free one)'),
    clients: z
      .enum(['any', 'certificate'])
      .describe('any (whoever reaches the port controls the doors) or certificate (of clientCa)'),
    clientCa: z
      .string()
      .min(1)
      .max(1_024)
      .regex(/^[^\p{Cc}]+$/u)
      .optional()
      .describe('the file of the authority that signs the certificates of clients'),
    deviceId: deviceId.optional().describe('the number of the controller as a device, 1 to 4294967295'),
  })
  .describe('where G-SDK clients are served, for instance { clients: any }');
