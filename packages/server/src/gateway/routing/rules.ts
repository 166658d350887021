import type { Condition, FilterOp, Rule } from '@signalbox/schema'
import type { RequestFacts } from './facts.ts'

/** Whether all conditions of a rule hold for a request. */
export function compileRule({ if: conditions }: Pick<Rule, 'if'>): (facts: RequestFacts) => boolean {
  const compiled = conditions.map(compileCondition)
  return (facts) => compiled.every((holds) => holds(facts))
}

/** What a field is of a request. Lists hold what is so of any of their members; undefined is what the request does not say. */
type Value = string | number | boolean | readonly string[] | undefined

function compileCondition({ field, op, value }: Condition): (facts: RequestFacts) => boolean {
  const read = readerOf(field)
  const test = OPS[op]
  return (facts) => test(read(facts), value)
}

const READERS: Readonly<Record<string, (facts: RequestFacts) => Value>> = {
  inputTokens: (facts) => facts.inputTokens,
  maxTokens: (facts) => facts.maxTokens,
  tools: (facts) => facts.tools,
  modality: (facts) => facts.modalities,
  stream: (facts) => facts.stream,
  user: (facts) => facts.user || undefined,
  session: (facts) => facts.session || undefined,
  environment: ({ asked }) => asked.annotations.environment || undefined,
  tags: ({ asked }) => asked.annotations.tags,
  key: ({ asked: { caller } }) => (caller.keyName === undefined ? caller.keyId : [caller.keyId, caller.keyName]),
  team: ({ asked }) => asked.caller.teamId,
  budgetLeft: (facts) => facts.budgetLeft,
  hour: ({ now }) => new Date(now).getUTCHours(),
}

function readerOf(field: string): (facts: RequestFacts) => Value {
  const known = Object.hasOwn(READERS, field) ? READERS[field] : undefined
  if (known) return known
  const [kind, name = ''] = [field.slice(0, field.indexOf('.')), field.slice(field.indexOf('.') + 1)]
  if (kind === 'metadata')
    return ({ asked: { annotations } }) => (Object.hasOwn(annotations.metadata, name) ? annotations.metadata[name] : undefined)
  return ({ asked: { headers } }) => {
    const sent = Object.hasOwn(headers, name) ? headers[name] : undefined
    return Array.isArray(sent) ? sent.join(', ') : sent
  }
}

/** What `in` has is a list; a list for any other op is any of its members. */
type Wanted = Condition['value']

const OPS: Record<FilterOp, (found: Value, wanted: Wanted) => boolean> = {
  eq: (found, wanted) => anyOf(found, (one) => isSame(one, wanted)),
  ne: (found, wanted) => !anyOf(found, (one) => isSame(one, wanted)),
  in: (found, wanted) => anyOf(found, (one) => Array.isArray(wanted) && wanted.some((member) => isSame(one, member))),
  contains: (found, wanted) => anyOf(found, (one) => String(one).toLowerCase().includes(String(wanted).toLowerCase())),
  exists: (found, wanted) => isThere(found) === (wanted !== false),
  gt: compared((a, b) => a > b),
  gte: compared((a, b) => a >= b),
  lt: compared((a, b) => a < b),
  lte: compared((a, b) => a <= b),
}

const isThere = (found: Value): boolean => (isList(found) ? found.length > 0 : found !== undefined && found !== '')

function anyOf(found: Value, test: (one: string | number | boolean) => boolean): boolean {
  if (found === undefined) return false
  return isList(found) ? found.some(test) : test(found)
}

/** What comes as text in a header or in metadata is compared by what the rule has: `"5"` is 5, `"true"` is true. */
function isSame(found: string | number | boolean, wanted: Wanted): boolean {
  if (Array.isArray(wanted)) return wanted.some((member) => isSame(found, member))
  if (typeof wanted === 'number') return toNumber(found) === wanted
  return String(found) === String(wanted)
}

/** Numbers by their size, other texts by the alphabet; what is no number is neither more nor less than one. */
function compared(test: (a: number | string, b: number | string) => boolean): (found: Value, wanted: Wanted) => boolean {
  return (found, wanted) =>
    anyOf(found, (one) => {
      if (typeof wanted === 'number') {
        const number = toNumber(one)
        return !Number.isNaN(number) && test(number, wanted)
      }
      return typeof wanted === 'string' && typeof one === 'string' && test(one, wanted)
    })
}

const toNumber = (value: string | number | boolean): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN

const isList = (value: Value): value is readonly string[] => Array.isArray(value)
