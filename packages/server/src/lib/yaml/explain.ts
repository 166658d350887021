import { z } from 'zod'
import { own } from '../own.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problem, YamlFile } from './yaml.ts'

type Issue = z.core.$ZodIssue
type Options = {
  /** Names beside those of the schema that may stand at a path: they are known, though not supported yet. */
  extra?(path: Path): readonly string[]
  /** What became of keys that older files have, as the rest of a sentence that begins with the key. */
  replaced?: Record<string, string>
}

/** What zod found, in words, each with its place in the file. One issue can be several problems (several unknown keys). */
export function explain(issues: readonly Issue[], file: YamlFile, schema: z.ZodType, options: Options = {}): Problem[] {
  const { extra = () => [], replaced = {} } = options
  return issues.flatMap(likeliest).flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
    if (issue.code === 'unrecognized_keys') {
      const known = [...keysAt(schema, path), ...extra(path)]
      return issue.keys.map((key) => ({
        ...file.positionOf([...path, key], 'key'),
        message: `${write([...path, key])} ${own(replaced, key) ?? `is not a known key.${didYouMean(key, known) || ` Known here: ${known.join(', ')}.`}`}`,
      }))
    }
    if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
      const options = optionsAt(schema, path.slice(0, -1), issue.discriminator)
      const found = valueAt(file.value, path)
      const but = found === undefined ? 'is missing; it must be' : 'must be'
      const hint = typeof found === 'string' ? didYouMean(found, options) : ''
      const not = found === undefined ? '' : `, not ${show(found, path, file)}`
      return [{ ...file.positionOf(path), message: `${write(path)} ${but} one of ${options.join(', ')}${not}.${hint}` }]
    }
    const position = file.positionOf(path, issue.code === 'invalid_key' ? 'key' : 'value')
    return [{ ...position, message: `${write(path) || 'The file'} ${sentence(issue, path, file)}` }]
  })
}

/** What zod says where a schema has no words of its own. */
const NOT_SAID = 'Invalid input'

/**
 * Of what could be one of several things, what is wrong with the one that was probably meant: that which has the least wrong with it, where
 * being of another type altogether counts most. A schema that says itself what to write is believed.
 */
function likeliest(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0 || issue.message !== NOT_SAID) return [issue]
  const branches = issue.errors.map((inner) =>
    inner.map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue).flatMap((one) => likeliest(one)),
  )
  const wrongness = (inner: readonly Issue[]): number =>
    inner.reduce(
      (sum, { code, path }) =>
        sum + (code === 'invalid_value' || path.length === issue.path.length ? (code === 'unrecognized_keys' ? 1 : 10) : 1),
      0,
    )
  return branches.sort((a, b) => wrongness(a) - wrongness(b))[0] ?? [issue]
}

/** `models.support.targets[1].provider`, as people write it. */
export const write = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('')

/** The value at a path, or undefined. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | null | undefined)?.[step], value)

function sentence(issue: Issue, path: Path, file: YamlFile): string {
  const value = valueAt(file.value, path)
  const but = value === undefined ? 'is missing; it must be' : 'must be'
  const found = value === undefined ? '' : `, not ${show(value, path, file)}`
  switch (issue.code) {
    case 'invalid_type':
      return `${but} ${TYPES[issue.expected] ?? issue.expected}${found}.`
    case 'invalid_value': {
      const options = issue.values.map(String)
      return `${but} ${options.length > 1 ? `one of ${options.join(', ')}` : options[0]}${found}.${typeof value === 'string' ? didYouMean(value, options) : ''}`
    }
    case 'too_small':
      return issue.origin === 'array'
        ? 'must have at least one entry.'
        : `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${found}.`
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${found}.`
    case 'invalid_format':
      return `must be ${FORMATS[issue.format] ?? (issue.pattern ? shape(issue.pattern, issue.message) : issue.format)}${found}.`
    case 'invalid_key':
      return `is not a usable name: ${issue.issues[0]?.message ?? issue.message}.`
    default:
      return `is not right: ${issue.message}.`
  }
}

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
}
const FORMATS: Record<string, string> = { url: 'an address that starts with http:// or https://' }

/** A written rule where the schema has one; else `^pk-sb-` as "text that starts with pk-sb-". */
const shape = (pattern: string, message: string): string => {
  const prefix = /^\/\^([\w-]+)\/$/.exec(pattern)?.[1]
  return prefix ? `text that starts with ${prefix}` : message
}

const SECRET = /^(apiKey|moreKeys|secretKey)$/

function show(value: unknown, path: Path, file: YamlFile): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  if (file.fromVariable(path)) return 'what the variable holds'
  if (path.some((step) => SECRET.test(String(step)) || step === 'headers')) return 'what stands there'
  return typeof value === 'string' ? `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"` : String(value)
}

/** The keys that the schema knows at a path. */
const keysAt = (schema: z.ZodType, path: Path): string[] => [
  ...new Set(schemasAt(schema, path).flatMap((inner) => (inner instanceof z.ZodObject ? Object.keys(inner.shape) : []))),
]

/** What a key may say that decides which of several things an object is. */
const optionsAt = (schema: z.ZodType, path: Path, key: string): string[] =>
  schemasAt(schema, path).flatMap((inner) => {
    const field = inner instanceof z.ZodObject ? unwrap(inner.shape[key] as z.ZodType) : undefined
    return field instanceof z.ZodLiteral || field instanceof z.ZodEnum
      ? [...(field instanceof z.ZodLiteral ? field.values : field.options)].map(String)
      : []
  })

/** What may stand at a path: several, where the schema leaves that open. */
function schemasAt(schema: z.ZodType, path: Path): z.ZodType[] {
  let inner = branchesOf(schema)
  for (const step of path) {
    inner = inner.flatMap((one) => {
      if (one instanceof z.ZodObject) return step in one.shape ? branchesOf(one.shape[step] as z.ZodType) : []
      if (one instanceof z.ZodRecord) return branchesOf(one.valueType as z.ZodType)
      return one instanceof z.ZodArray ? branchesOf(one.element as z.ZodType) : []
    })
  }
  return inner
}

const branchesOf = (schema: z.ZodType): z.ZodType[] => {
  const inner = unwrap(schema)
  return inner instanceof z.ZodUnion ? inner.options.flatMap((one) => branchesOf(one as z.ZodType)) : [inner]
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodNullable
  ) {
    inner = inner.unwrap() as z.ZodType
  }
  return inner
}
