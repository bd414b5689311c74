/** The certificate from the installation's own authority: brought over the API, proved, served at once; or given back. */
import { z } from 'zod';
import { type Context, write } from './context.js';
import { fieldProblem, type Problem, problem } from './problem.js';
import { noContent, ok, type Row, row } from './route.js';
import { administrators } from './schemas.js';
import { timeOf } from './times.js';

/** What became of a certificate: served, or why not. */
export type GivenCertificate =
  | { readonly kind: 'served'; readonly sha256: string; readonly notAfterMs: number }
  /** The site file says what is served: no encryption, or files of its own. */
  | { readonly kind: 'set-by-site-file' }
  | { readonly kind: 'unusable'; readonly field: 'certificate' | 'key'; readonly message: string };

/** Keeps the certificate, handed in by whoever serves with it. */
export interface CertificateDesk {
  /** Checks, stores and serves; PEM both. */
  take(certificate: string, key: string): GivenCertificate;
  /** Serves the unit's own one again. */
  drop(): Promise<GivenCertificate>;
}

const pem = (kind: string) =>
  z
    .string()
    .min(64)
    .max(24_000)
    .regex(
      new RegExp(`^\\s*-----BEGIN [A-Z ]*${kind}-----[\\s\\S]*-----END [A-Z ]*${kind}-----\\s*$`),
      'is PEM',
    );
const view = z.strictObject({ sha256: z.string(), notAfter: z.string() });
const settingId = 'certificate';

/** The rows about the certificate. */
export function certificateRows(context: Context): readonly Row[] {
  const path = '/api/v1/certificate';
  return [
    row({
      method: 'PUT',
      path,
      roles: administrators,
      summary:
        "Serve with a certificate (PEM, with its chain) and key of the installation's own authority, at once",
      body: z.strictObject({ certificate: pem('CERTIFICATE'), key: pem('PRIVATE KEY') }),
      response: view,
      handler: async ({ body, by }) => {
        const given = context.certificates?.take(body.certificate, body.key) ?? { kind: 'set-by-site-file' };
        if (given.kind !== 'served') return refusal(given);
        const { sha256, notAfterMs } = given;
        const setting = { id: settingId, value: { sha256, notAfterMs } };
        const put = { op: 'put', collection: 'settings', id: settingId, body: setting } as const;
        const done = await write(context, by, [put]);
        return 'problem' in done ? done : ok({ sha256, notAfter: timeOf(notAfterMs) });
      },
    }),
    row({
      method: 'DELETE',
      path,
      roles: administrators,
      summary: "Serve with the unit's own certificate again",
      handler: async ({ by }) => {
        const given = (await context.certificates?.drop()) ?? { kind: 'set-by-site-file' as const };
        if (given.kind !== 'served') return refusal(given);
        if (context.reads.get('settings', settingId) === undefined) return noContent;
        const gone = { op: 'delete', collection: 'settings', id: settingId } as const;
        const done = await write(context, by, [gone]);
        return 'problem' in done ? done : noContent;
      },
    }),
  ];
}

function refusal(given: Exclude<GivenCertificate, { kind: 'served' }>): Problem {
  if (given.kind === 'unusable') return fieldProblem(given.field, given.message);
  return problem(409, 'The site file says how this unit is encrypted (http.tls). Change it there.');
}
