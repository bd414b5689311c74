/** The OpenAPI 3.1 document, made from the route table and nothing else. */
import { z } from 'zod';
import { ok, type Row, row } from './route.js';
import { readers } from './schemas.js';

type JsonObject = { readonly [key: string]: unknown };

/** The row that serves the document of `rows` and of itself. */
export function openApiRow(rows: readonly Row[], version: string): Row {
  let made: JsonObject | undefined;
  const own: Row = row({
    method: 'GET',
    path: '/api/v1/openapi.json',
    roles: readers,
    summary: 'This interface as OpenAPI 3.1',
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
    handler: () => {
      made ??= openApiOf([...rows, own], version);
      return ok(made);
    },
  });
  return own;
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
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
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
  const parameters = [...parametersOf(one.params, 'path'), ...parametersOf(one.query, 'query')];
  const isPublic = one.roles === 'public';
  return {
    summary: one.summary,
    operationId: operationIdOf(one),
    ...(isPublic ? { security: [] } : { security: [{ bearer: [] }], 'x-roles': one.roles }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(one.body === undefined
      ? {}
      : { requestBody: { required: true, content: jsonContent(schemaOf(one.body, 'input')) } }),
    responses: {
      ...(one.response === undefined
        ? { 204: { description: 'Done' } }
        : {
            [one.status ?? 200]: {
              description: 'OK',
              content: jsonContent(schemaOf(one.response, 'output')),
            },
          }),
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

function jsonContent(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } };
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
