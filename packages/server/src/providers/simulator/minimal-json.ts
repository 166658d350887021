import type { JsonSchema } from './ask.ts'

/** The smallest value that a JSON Schema allows, of the keywords that structured outputs know. Required properties only. */
export function minimalJson(schema: JsonSchema): unknown {
  return make(schema, schema, 0)
}

/** Deeper than any sane schema; a recursive one that nothing ends stops here. */
const DEEPEST = 40

function make(schema: unknown, root: JsonSchema, depth: number): unknown {
  if (typeof schema !== 'object' || schema === null || depth > DEEPEST) return null
  const { $ref, const: constant, enum: options, anyOf, oneOf, allOf, ...rest } = schema as JsonSchema
  if (typeof $ref === 'string') return make(resolve($ref, root), root, depth + 1)
  if ('const' in schema) return constant
  if (Array.isArray(options)) return options[0] ?? null
  const alternatives = Array.isArray(anyOf) ? anyOf : oneOf
  if (Array.isArray(alternatives)) return make({ ...rest, ...simplest(alternatives, root) }, root, depth + 1)
  if (Array.isArray(allOf)) return make(merge([rest, ...allOf.map((part) => deref(part, root))]), root, depth + 1)
  const type = typeOf(rest)
  return (MAKERS[type] ?? MAKERS.null)?.(rest, (inner) => make(inner, root, depth + 1))
}

type Maker = (schema: JsonSchema, inner: (schema: unknown) => unknown) => unknown
const MAKERS: Record<string, Maker> = {
  null: () => null,
  boolean: () => false,
  string: ({ format, minLength, pattern }) => {
    const sample = FORMATS[String(format)] ?? (typeof pattern === 'string' ? matching(pattern) : '')
    return sample.padEnd(Number(minLength ?? 0), 'x')
  },
  number: (schema) => smallest(schema, 0),
  integer: (schema) => smallest(schema, 1),
  array: ({ minItems, items, prefixItems }, inner) => {
    const first = Array.isArray(prefixItems) ? prefixItems.map(inner) : []
    while (first.length < Number(minItems ?? 0)) first.push(inner(items ?? {}))
    return first
  },
  object: ({ properties, required }, inner) => {
    const known = (properties ?? {}) as JsonSchema
    return Object.fromEntries((Array.isArray(required) ? required : []).map((name: string) => [name, inner(known[name] ?? {})]))
  },
}

const FORMATS: Record<string, string> = {
  'date-time': '2000-01-01T00:00:00Z',
  date: '2000-01-01',
  time: '00:00:00Z',
  duration: 'PT0S',
  email: 'a@example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function typeOf(schema: JsonSchema): string {
  const { type } = schema
  if (Array.isArray(type)) return type.includes('null') ? 'null' : String(type[0])
  if (typeof type === 'string') return type
  return 'properties' in schema ? 'object' : 'items' in schema ? 'array' : 'null'
}

function smallest({ minimum, exclusiveMinimum, maximum, multipleOf }: JsonSchema, whole: number): number {
  const step = Number(multipleOf ?? (whole || 0.5))
  let value = 0
  if (typeof minimum === 'number' && value < minimum) value = Math.ceil(minimum / step) * step
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) value = Math.floor(exclusiveMinimum / step) * step + step
  if (typeof maximum === 'number' && value > maximum) value = Math.floor(maximum / step) * step
  return value
}

/** A few texts that patterns in the wild accept; the empty one where none fits. */
function matching(pattern: string): string {
  const candidates = [
    '',
    'a',
    'A',
    '0',
    'aa',
    'AAA',
    '00',
    '000',
    '0000',
    'a0',
    'A0',
    '#000000',
    'a@example.com',
    '2000-01-01',
    '+10000000000',
    'https://example.com',
  ]
  try {
    const expression = new RegExp(pattern, 'u')
    return candidates.find((candidate) => expression.test(candidate)) ?? ''
  } catch {
    return ''
  }
}

/** The alternative that ends soonest: nothing, then a plain value, then a list, then a mapping, then a reference. */
function simplest(alternatives: unknown[], root: JsonSchema): JsonSchema {
  const cost = (schema: unknown): number => {
    if (typeof schema !== 'object' || schema === null) return 9
    if ('$ref' in schema) return 8
    const type = typeOf(schema as JsonSchema)
    return 'const' in schema || 'enum' in schema ? 1 : type === 'null' ? 0 : type === 'object' ? 4 : type === 'array' ? 3 : 2
  }
  const [best] = [...alternatives].sort((a, b) => cost(a) - cost(b))
  return deref(best, root)
}

function deref(schema: unknown, root: JsonSchema): JsonSchema {
  const inner = (schema ?? {}) as JsonSchema
  return typeof inner.$ref === 'string' ? resolve(inner.$ref, root) : inner
}

function resolve(reference: string, root: JsonSchema): JsonSchema {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean)
  const found = steps.reduce<unknown>(
    (inner, step) => (inner as JsonSchema | undefined)?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  )
  return (found ?? {}) as JsonSchema
}

function merge(schemas: JsonSchema[]): JsonSchema {
  const properties = Object.assign({}, ...schemas.map((schema) => schema.properties))
  const required = new Set(schemas.flatMap((schema) => (schema.required as string[] | undefined) ?? []))
  return { ...Object.assign({}, ...schemas), properties, required: [...required] }
}
