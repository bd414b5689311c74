/** The certificate from the installation's own authority: brought over the API, proved, served at once; or given back. */
import { z } from 'zod';
import type { Revised, StoredSetting } from '../core/management.js';
import { precondition } from './collection.js';
import { type Context, write } from './context.js';
import { fieldProblem, laterProblem, type Problem, problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { administrators, revision } from './schemas.js';
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
      'must be PEM text, -----BEGIN and so on',
    );
const view = z.strictObject({
  /** True = of the unit's own making; the other two are of the one that was brought. */
  own: z.boolean(),
  sha256: z.string().exactOptional(),
  notAfter: z.string().exactOptional(),
  revision,
});
const settingId = 'certificate';
const brought = z.object({ sha256: z.string(), notAfterMs: z.number() });

/** The rows about the certificate. */
export function certificateRows(context: Context): readonly Row[] {
  const path = '/api/v1/certificate';
  /** One after the other: what is served and what the setting says must be the same. */
  let busy = false;
  const alone = async (ifMatch: string | undefined, act: (revision: number) => Promise<Reply | Problem>) => {
    if (busy) return laterProblem(503, 'Another certificate is being put in place.', 5);
    const before = stored(context);
    const refusal = precondition({ ifMatch }, before, 'certificate');
    if (refusal !== undefined) return refusal;
    busy = true;
    return act(before.revision).finally(() => {
      busy = false;
    });
  };
  return [
    row({
      method: 'GET',
      path,
      roles: administrators,
      summary: 'Whose certificate is served; its revision is what a change names',
      response: view,
      handler: () => shown(stored(context)),
    }),
    row({
      method: 'PUT',
      path,
      roles: administrators,
      ifMatch: true,
      summary:
        "Serve with a certificate (PEM, with its chain) and key of the installation's own authority, at once (If-Match)",
      body: z.strictObject({ certificate: pem('CERTIFICATE'), key: pem('PRIVATE KEY') }),
      response: view,
      handler: ({ body, by, ifMatch }) =>
        alone(ifMatch, async (revision) => {
          const given = context.certificates?.take(body.certificate, body.key) ?? setBySiteFile;
          if (given.kind !== 'served') return refusal(given);
          const { sha256, notAfterMs } = given;
          const setting = { id: settingId, value: { sha256, notAfterMs } };
          const expect = revision === 0 ? 'absent' : revision;
          const put = { op: 'put', collection: 'settings', id: settingId, body: setting, expect } as const;
          const done = await write(context, by, [put]);
          return 'problem' in done ? done : shown(stored(context));
        }),
    }),
    row({
      method: 'DELETE',
      path,
      roles: administrators,
      ifMatch: true,
      summary: "Serve with the unit's own certificate again (If-Match)",
      handler: ({ by, ifMatch }) =>
        alone(ifMatch, async (revision) => {
          const given = (await context.certificates?.drop()) ?? setBySiteFile;
          if (given.kind !== 'served') return refusal(given);
          if (revision === 0) return noContent;
          const gone = { op: 'delete', collection: 'settings', id: settingId, expect: revision } as const;
          const done = await write(context, by, [gone]);
          return 'problem' in done ? done : noContent;
        }),
    }),
  ];
}

const setBySiteFile: GivenCertificate = { kind: 'set-by-site-file' };

/** What was brought; revision 0 = nothing. */
function stored({ reads }: Context): Revised<StoredSetting> {
  return reads.get('settings', settingId) ?? { revision: 0, body: { id: settingId, value: null } };
}

function shown({ revision: made, body }: Revised<StoredSetting>): Reply {
  const { data } = brought.safeParse(body.value);
  if (data === undefined) return ok({ own: true, revision: made }, made);
  const { sha256, notAfterMs } = data;
  return ok({ own: false, sha256, notAfter: timeOf(notAfterMs), revision: made }, made);
}

function refusal(given: Exclude<GivenCertificate, { kind: 'served' }>): Problem {
  if (given.kind === 'unusable') return fieldProblem(given.field, given.message);
  return problem(409, 'The site file says how this unit is encrypted (http.tls). Change it there.');
}
