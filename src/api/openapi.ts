/** The OpenAPI 3.1 document, made from the route table and nothing else. */
import { z } from 'zod';
import { cookieName } from './browserSession.js';
import { docsRow } from './docs.js';
import { ok, type Row, row, scopeOf } from './route.js';
import { readers } from './schemas.js';

type JsonObject = { readonly [key: string]: unknown };

/** The rows that serve the document of `rows` and of themselves, as JSON and as a page. */
export function openApiRows(rows: readonly Row[], version: string): readonly Row[] {
  let made: JsonObject | undefined;
  const own: Row = row({
    method: 'GET',
    path: '/api/v1/openapi.json',
    roles: readers,
    summary: 'This interface as OpenAPI 3.1',
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
    handler: () => ok(documentOf()),
  });
  const docs = docsRow(() => documentOf());
  const documentOf = () => {
    made ??= openApiOf([...rows, own, docs], version);
    return made;
  };
  return [own, docs];
}

/** The document of a route table. */
export function openApiOf(rows: readonly Row[], version: string): JsonObject {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of rows) {
    paths[one.path] = { ...paths[one.path], [one.method.toLowerCase()]: operationOf(one) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sallyport', version },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: cookieName },
      },
      schemas: { Problem: schemaOf(problemSchema, 'output') },
    },
  };
}

const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  reason: z.string().exactOptional(),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).exactOptional(),
});

function operationOf(one: Row): JsonObject {
  const parameters = [
    ...parametersOf(one.params, 'path'),
    ...parametersOf(one.query, 'query'),
    ...headersOf(one),
  ];
  const isPublic = one.roles === 'public';
  const scope = scopeOf(one);
  return {
    summary: one.summary,
    operationId: operationIdOf(one),
    ...(isPublic ? { security: [] } : { security: [{ bearer: [] }, { session: [] }], 'x-roles': one.roles }),
    ...(isPublic || scope === undefined ? {} : { 'x-scope': scope }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(one),
    responses: {
      ...(one.response === undefined
        ? { 204: { description: 'Done' } }
        : {
            [one.status ?? 200]: {
              description: 'OK',
              content: replyContent(one.response),
            },
          }),
      ...(one.accepted === undefined
        ? {}
        : { 202: { description: 'Begun; it goes on', content: replyContent(one.accepted) } }),
      default: {
        description: 'Refused (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): readonly JsonObject[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: JsonObject;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

function operationIdOf(one: Row): string {
  const words = one.path.replace(/^\/api\/v1/, '').split(/[^A-Za-z0-9]+/);
  return [one.method.toLowerCase(), ...words.filter((word) => word !== '')].join('-');
}

/** A change of a stored thing names what was read; a POST may be sent twice. */
function headersOf({ method, roles, ifMatch }: Row): readonly JsonObject[] {
  const text = (name: string) => ({ name, in: 'header', required: false, schema: { type: 'string' } });
  if (method === 'POST') return roles === 'public' ? [] : [text('Idempotency-Key')];
  return ifMatch === true ? [text('If-Match')] : [];
}

function requestBodyOf({ accepts, body, method }: Row): JsonObject {
  if (accepts !== undefined) {
    const binary = accepts.type === 'text/csv' ? {} : { contentMediaType: accepts.type };
    const schema = { type: 'string', description: accepts.what, ...binary };
    return { requestBody: { required: true, content: { [accepts.type]: { schema } } } };
  }
  if (body === undefined) return {};
  return { requestBody: { required: true, content: bodyContent(method, schemaOf(body, 'input')) } };
}

function bodyContent(method: Row['method'], schema: JsonObject): JsonObject {
  const patch = method === 'PATCH' ? { 'application/merge-patch+json': { schema } } : {};
  return { 'application/json': { schema }, ...patch };
}

/** A text says in its description which kind it is. */
function replyContent(response: z.ZodType): JsonObject {
  const schema = schemaOf(response, 'output');
  const type =
    schema['type'] === 'string' ? /^[a-z]+\/[a-z-]+/.exec(String(schema['description']))?.[0] : undefined;
  return { [type ?? 'application/json']: { schema } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const {
    $schema: _dialect,
    '~standard': _standard,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
  }) as JsonObject;
  return rest;
}
