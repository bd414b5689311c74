/** The interface to read: one page made from the OpenAPI document, without scripts and from this host alone. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Row } from './route.js';
import { row } from './route.js';
import { readers } from './schemas.js';

type Json = { readonly [key: string]: unknown };

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid; }
summary { cursor: pointer; padding: .35rem 0; }
code, pre { font: .9em/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: .4rem; }
.method { display: inline-block; min-width: 4.5rem; font-weight: bold; }
.who { opacity: .75; }
td, th { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; }
`;
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The row that serves the page of a document. */
export function docsRow(documentOf: () => Json): Row {
  let made: string | undefined;
  return row({
    method: 'GET',
    path: '/api/v1/docs',
    roles: readers,
    summary: 'This interface as a page to read',
    response: z.string().describe('text/html'),
    handler: () => {
      made ??= pageOf(documentOf());
      return { status: 200, body: made, contentType: 'text/html; charset=utf-8', contentPolicy: policy };
    },
  });
}

function pageOf(document: Json): string {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Json>>>>;
  const groups = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    const group = /^\/api\/v1\/([^/]+)/.exec(path)?.[1] ?? 'other';
    const shown = Object.entries(operations).map(([method, one]) => operationOf(method, path, one));
    groups.set(group, [...(groups.get(group) ?? []), ...shown]);
  }
  const sections = [...groups].map(
    ([name, shown]) => `<section><h2>${escaped(name)}</h2>${shown.join('\n')}</section>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sallyport API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head><body>
<h1>Sallyport API</h1>
<p>Send <code>Authorization: Bearer TOKEN</code>. Every change of a stored thing carries <code>If-Match</code> with
the ETag that was read; a POST may carry <code>Idempotency-Key</code>. Refusals are RFC 9457 problems that name
the field. The same as a document: <a href="openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
</body></html>`;
}

function operationOf(method: string, path: string, one: Json): string {
  const roles = one['x-roles'] as readonly string[] | undefined;
  const who = roles === undefined ? 'everybody' : roles.join(', ');
  const scope = one['x-scope'] === undefined ? '' : ` · scope ${String(one['x-scope'])}`;
  const parameters = (one['parameters'] ?? []) as readonly Json[];
  const rows = parameters.map(
    (parameter) =>
      `<tr><td><code>${escaped(String(parameter['name']))}</code></td><td>${escaped(String(parameter['in']))}</td>` +
      `<td><code>${escaped(JSON.stringify(parameter['schema']))}</code></td></tr>`,
  );
  const body = one['requestBody'] as { readonly content: Readonly<Record<string, Json>> } | undefined;
  return [
    `<details><summary><span class="method">${method.toUpperCase()}</span> <code>${escaped(path)}</code> `,
    `${escaped(String(one['summary']))}</summary><p class="who">${escaped(who + scope)}</p>`,
    rows.length === 0 ? '' : `<table>${rows.join('')}</table>`,
    body === undefined ? '' : `<p>Body</p>${schemaBlock(Object.values(body.content)[0]?.['schema'])}`,
    ...Object.entries(one['responses'] as Readonly<Record<string, Json>>).map(([status, reply]) => {
      const content = Object.values((reply['content'] ?? {}) as Readonly<Record<string, Json>>)[0];
      const block = content === undefined || status === 'default' ? '' : schemaBlock(content['schema']);
      return `<p>${escaped(status)}: ${escaped(String(reply['description']))}</p>${block}`;
    }),
    '</details>',
  ].join('');
}

function schemaBlock(schema: unknown): string {
  return `<pre>${escaped(JSON.stringify(schema, undefined, 1))}</pre>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
