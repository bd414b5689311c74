/** From what the schema says to what an installer reads: where, what is wrong, what to write instead. */
import { z } from 'zod';
import { quoted, type RuleError, suggest } from './siteRules.js';
import { siteSchema } from './siteSchema.js';
import type { KeyPath, Place } from './yamlTree.js';

/** One mistake in a site file or in the environment. */
export interface SiteError {
  /** The file's path as given, or the name of the environment variable. */
  readonly source: string;
  /** In a file only. */
  readonly place?: Place;
  /** The key path with dots, for instance `doors.lobby.relay.line`; empty for the whole file. */
  readonly key: string;
  readonly problem: string;
  readonly remedy: string;
}

/** `site.yaml:12:7: doors.lobby.number: 9 is not allowed. Write ...` on one line. */
export function formatSiteError({ source, place, key, problem, remedy }: SiteError): string {
  const where = place === undefined ? source : `${source}:${place.line}:${place.column}`;
  return `${where}: ${key === '' ? '' : `${key}: `}${problem}; ${remedy}`;
}

/** A key path as text, safe to print. */
export function keyText(path: KeyPath): string {
  return path
    .map((step) => (/^[\w-]{1,40}$/.test(String(step)) ? String(step) : quoted(String(step))))
    .join('.');
}

export interface ShapeError extends RuleError {
  readonly of: 'key' | 'value';
}

/** Every mistake the schema found; each unknown key is one of its own. */
export function* shapeErrors(error: z.ZodError, value: unknown): Generator<ShapeError> {
  for (const issue of error.issues) yield* explain(issue, value);
}

function* explain(issue: z.core.$ZodIssue, value: unknown): Generator<ShapeError> {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(schemaAt(path));
    for (const key of issue.keys) {
      yield { path: [...path, key], of: 'key', problem: 'unknown key', remedy: suggest(key, known) };
    }
    return;
  }
  if (issue.code === 'invalid_key') {
    const record = bare(schemaAt(path.slice(0, -1)));
    const key = record instanceof z.ZodRecord ? descriptionOf(record.keyType) : 'another key';
    yield { path, of: 'key', problem: 'not an id', remedy: `write ${key}` };
    return;
  }
  const remedy = `write ${descriptionOf(schemaAt(path))}`;
  const given = path.reduce<unknown>((node, step) => (isObject(node) ? node[step] : undefined), value);
  const problem = given === undefined ? 'missing' : `${shown(given)} is not allowed here`;
  yield { path, of: 'value', problem, remedy };
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'this list';
  if (typeof value === 'object') return 'this group of keys';
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** The schema at a path, without its defaults and optionals. */
function schemaAt(path: KeyPath): z.core.$ZodType {
  let schema: z.core.$ZodType = siteSchema;
  for (const step of path) {
    const inner = bare(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(step)] ?? schema;
    else if (inner instanceof z.ZodRecord) schema = inner.valueType;
    else if (inner instanceof z.ZodArray) schema = inner.element;
  }
  return schema;
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? bare(schema.unwrap()) : schema;
}

function keysOf(schema: z.core.$ZodType): readonly string[] {
  const inner = bare(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** The outermost description wins: the same schema may be used under several keys. */
function descriptionOf(schema: z.core.$ZodType): string {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own;
  const wrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? descriptionOf(schema.unwrap()) : keysOf(schema).join(', ');
}
