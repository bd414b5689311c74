/** Values that fit a JSON schema, and the same with one thing wrong. Only what our documents use is understood. */
import type { Random } from '../simulation/random.js';

export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What was made wrong. */
export type Fault = 'type' | 'limit' | 'extra' | 'missing' | 'hostile';

/** Texts of the kinds our patterns ask for; the first that fits is taken. */
const samples = [
  ...['ann', 'bob', 'lobby', 'lobby-in', 'staff', 'c1', '1', '7', '0011', '4822', '1912D6', '12345'],
  ...['2026-01-01', 'users:read', 'http://10.0.0.2/x', '127.0.0.1', '10.0.0.0/8', 'opener', 'H10301'],
  ...['01010101010101010101010101', '25/4822', 'correct horse battery', '0123456789abcdef0123456789abcdef'],
];
export const hostileTexts: readonly string[] = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\u202eevil',
    '\ud800',
    '%00',
    '%ff',
    '..',
    '../../etc/passwd',
    '..%2f..%2f',
  ],
  ...[
    "'; DROP TABLE users; --",
    '" OR 1=1 --',
    '<script>alert(1)</script>',
    '=cmd|calc',
    '${7*7}',
    '{{7*7}}',
  ],
  ...[
    '__proto__',
    'constructor',
    'a\r\nX-Injected: 1',
    'x'.repeat(20_000),
    '\u{1f469}\u200d'.repeat(50),
    'NaN',
  ],
];
const otherTypes: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  9_007_199_254_740_992,
  '',
  'x',
  [],
  [null],
  {},
  { a: 1 },
];

/** A value that fits, as far as the schema says. */
export function fittingValue(random: Random, schema: Schema): unknown {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return fittingValue(random, random.pick(forms));
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(random, schema);
    case 'array': {
      const least = schema.minItems ?? 0;
      const count = least + random.below(Math.min(3, (schema.maxItems ?? 3) - least) + 1);
      return Array.from({ length: count }, () => fittingValue(random, schema.items ?? {}));
    }
    case 'integer':
    case 'number': {
      const least = Math.max(schema.minimum ?? 0, -1_000);
      return least + random.below(Math.max(1, Math.min(schema.maximum ?? 1_000, least + 1_000) - least));
    }
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    default:
      return textOf(random, schema);
  }
}

function objectOf(random: Random, schema: Schema): Record<string, unknown> {
  const required = new Set(schema.required);
  const entries = Object.entries(schema.properties ?? {})
    .filter(([name]) => required.has(name) || random.chance(0.6))
    .map(([name, one]): [string, unknown] => [name, fittingValue(random, one)]);
  return Object.fromEntries(entries);
}

function textOf(random: Random, { pattern, minLength = 0, maxLength = 64 }: Schema): string {
  const fits = (text: string) =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern, 'u').test(text));
  const fitting = samples.filter(fits);
  return fitting.length === 0 ? 'x'.repeat(Math.max(1, minLength)) : random.pick(fitting);
}

/** The value with one thing wrong somewhere in it, and what. */
export function changed(
  random: Random,
  value: unknown,
  schema: Schema,
): { readonly value: unknown; readonly fault: Fault } {
  const inner = (schema.anyOf ?? schema.oneOf)?.[0];
  if (inner !== undefined && random.chance(0.7)) return changed(random, value, inner);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return changedObject(random, value as Record<string, unknown>, schema);
  }
  if (Array.isArray(value) && value.length > 0 && random.chance(0.6)) {
    const at = random.below(value.length);
    const after = changed(random, value[at], schema.items ?? {});
    return { value: value.map((one, index) => (index === at ? after.value : one)), fault: after.fault };
  }
  if (random.chance(0.4)) return { value: random.pick(hostileTexts), fault: 'hostile' };
  if (random.chance(0.5)) return { value: random.pick(otherTypes), fault: 'type' };
  return { value: pastLimit(value, schema), fault: 'limit' };
}

function changedObject(
  random: Random,
  value: Record<string, unknown>,
  schema: Schema,
): { readonly value: unknown; readonly fault: Fault } {
  const names = Object.keys(value);
  const name = names.length === 0 ? undefined : random.pick(names);
  if (name === undefined || random.chance(0.15)) {
    return { value: { ...value, [random.pick(['extra', '__proto__x', 'id ', 'ID'])]: 1 }, fault: 'extra' };
  }
  if (random.chance(0.15)) {
    return {
      value: Object.fromEntries(Object.entries(value).filter(([one]) => one !== name)),
      fault: 'missing',
    };
  }
  const after = changed(random, value[name], schema.properties?.[name] ?? {});
  return { value: { ...value, [name]: after.value }, fault: after.fault };
}

function pastLimit(
  value: unknown,
  { maxLength, maximum, minimum, maxItems, minItems, items }: Schema,
): unknown {
  if (Array.isArray(value)) {
    if (maxItems !== undefined && maxItems <= 1_000)
      return Array.from({ length: maxItems + 1 }, () => valueAt(items));
    return (minItems ?? 0) > 0 ? [] : [[]];
  }
  if (typeof value === 'number')
    return maximum !== undefined && maximum < 1e15 ? maximum + 1 : (minimum ?? 0) - 1;
  return 'y'.repeat(Math.min(maxLength ?? 5_000, 50_000) + 1);
}

function valueAt(items: Schema | undefined): unknown {
  return items?.type === 'object' ? {} : 'x';
}
