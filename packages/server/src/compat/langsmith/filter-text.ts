import { AppError, type Filter, type FilterOp } from '@signalbox/schema'
import { spanIdOfUuid } from '../uuids.ts'
import { kindsOfRunType } from './run-types.ts'

/**
 * LangSmith's filters, such as `and(eq(run_type, "llm"), gt(latency, 2), has(tags, "x"))`, as ours. What cannot be said with ours is
 * refused: a filter that is left out would answer what nobody asked for.
 */
export function readFilterText(text: string): Filter[] {
  const reader = { text, at: 0 }
  const call = readValue(reader)
  skipSpace(reader)
  if (reader.at < text.length || !isCall(call)) throw unreadable(text)
  return filtersOf(call)
}

type Call = { name: string; values: Value[] }
type Value = string | number | boolean | null | Value[] | Call | { field: string }
const isCall = (value: Value | undefined): value is Call => typeof value === 'object' && value !== null && 'name' in value
const OPS: Record<string, FilterOp> = {
  eq: 'eq',
  neq: 'ne',
  gt: 'gt',
  gte: 'gte',
  lt: 'lt',
  lte: 'lte',
  has: 'eq',
  in: 'in',
  contains: 'contains',
}
const FIELDS: Record<string, { field: string; value?: (value: unknown) => unknown }> = {
  name: { field: 'name' },
  run_type: { field: 'kind', value: (type) => kindsOfRunType(String(type))[0] },
  status: { field: 'status', value: (status) => ({ success: 'ok', pending: 'running' })[String(status)] ?? status },
  error: { field: 'statusMessage' },
  tags: { field: 'tags' },
  start_time: { field: 'startedAt', value: timeOf },
  latency: { field: 'durationMs', value: (seconds) => Number(seconds) * 1000 },
  total_tokens: { field: 'totalTokens' },
  prompt_tokens: { field: 'inputTokens' },
  completion_tokens: { field: 'outputTokens' },
  total_cost: { field: 'cost' },
  id: { field: 'spanId', value: hexOf },
  trace_id: { field: 'traceId', value: hexOf },
  parent_run_id: { field: 'parentId', value: hexOf },
  thread_id: { field: 'sessionId' },
}

function timeOf(time: unknown): string {
  const at = new Date(typeof time === 'string' || typeof time === 'number' ? time : Number.NaN)
  if (Number.isNaN(at.getTime())) throw new AppError('invalid-request', `"${String(time).slice(0, 100)}" is no time.`)
  return at.toISOString()
}

function hexOf(id: unknown): string {
  const hex = spanIdOfUuid(String(id))
  if (!hex) throw new AppError('invalid-request', `"${String(id).slice(0, 100)}" is no UUID.`)
  return hex
}

function filtersOf(call: Call): Filter[] {
  if (call.name !== 'and') return [filterOf(call)]
  const calls = call.values.map((value) => {
    if (!isCall(value)) throw new AppError('invalid-request', '`and` takes comparisons.')
    return value
  })
  return pairs(calls) ?? calls.flatMap(filtersOf)
}

/** `and(eq(metadata_key, "k"), eq(metadata_value, "v"))` and the like of feedback speak of one thing. */
function pairs(calls: readonly Call[]): Filter[] | undefined {
  const of = (field: string) => calls.find(({ values: [named] }) => (named as { field?: string } | undefined)?.field === field)
  for (const [key, value, prefix] of [
    ['metadata_key', 'metadata_value', 'metadata'],
    ['feedback_key', 'feedback_score', 'score'],
  ] as const) {
    const named = of(key)
    if (!named) continue
    const compared = of(value)
    const field = `${prefix}.${String(named.values[1])}`
    const rest = calls.filter((call) => call !== named && call !== compared)
    const filter = compared ? ({ field, op: opOf(compared), value: compared.values[1] } as Filter) : ({ field, op: 'exists' } as Filter)
    return [filter, ...rest.flatMap(filtersOf)]
  }
  return undefined
}

function filterOf(call: Call): Filter {
  const [named, compared] = call.values
  const name = typeof named === 'object' && named !== null && 'field' in named ? named.field : undefined
  if (name === 'is_root' && call.name === 'eq')
    return { field: 'parentId', op: compared === false || compared === 'false' ? 'ne' : 'eq', value: '' }
  const known = name !== undefined && Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
  if (!known || isCall(compared))
    throw new AppError('invalid-request', `A filter of runs cannot be by ${name ?? call.name}.`, {
      hint: `It can be by ${Object.keys(FIELDS).join(', ')}, is_root, metadata_key and feedback_key; joined by \`and\`.`,
    })
  if (compared === null) return { field: known.field, op: 'exists', value: call.name === 'neq' }
  const read = known.value ?? ((value) => value)
  const value = Array.isArray(compared) ? compared.map(read) : read(compared)
  return { field: known.field, op: opOf(call), value } as Filter
}

function opOf({ name }: Call): FilterOp {
  const op = Object.hasOwn(OPS, name) ? OPS[name] : undefined
  if (!op)
    throw new AppError('invalid-request', `A filter of runs cannot use ${name}.`, {
      hint: `It can use and, ${Object.keys(OPS).join(', ')}.`,
    })
  return op
}

type Reader = { text: string; at: number }
const MOST_CALLS = 50

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at++
}

function readValue(reader: Reader, depth = 0): Value {
  skipSpace(reader)
  const { text, at } = reader
  const quote = text[at]
  if (quote === '"' || quote === "'") return readText(reader, quote)
  if (quote === '[') {
    reader.at++
    return readList(reader, ']', depth)
  }
  const word = /^[^\s,()[\]"']+/.exec(text.slice(at, at + 200))?.[0]
  if (!word || depth > MOST_CALLS) throw unreadable(text)
  reader.at += word.length
  skipSpace(reader)
  if (reader.text[reader.at] === '(') {
    reader.at++
    return { name: word, values: readList(reader, ')', depth) }
  }
  if (/^-?\d+(\.\d+)?$/.test(word)) return Number(word)
  return word === 'true' ? true : word === 'false' ? false : word === 'null' ? null : { field: word }
}

function readList(reader: Reader, end: string, depth: number): Value[] {
  const values: Value[] = []
  for (;;) {
    skipSpace(reader)
    if (reader.text[reader.at] === end) break
    values.push(readValue(reader, depth + 1))
    skipSpace(reader)
    if (reader.text[reader.at] === ',') reader.at++
    else if (reader.text[reader.at] !== end) throw unreadable(reader.text)
  }
  reader.at++
  return values
}

function readText(reader: Reader, quote: string): string {
  let read = ''
  for (reader.at++; reader.at < reader.text.length; reader.at++) {
    const letter = reader.text[reader.at]
    if (letter === quote) {
      reader.at++
      return read
    }
    read += letter === '\\' ? (reader.text[++reader.at] ?? '') : letter
  }
  throw unreadable(reader.text)
}

const unreadable = (text: string) =>
  new AppError('invalid-request', `The filter ${text.slice(0, 200)} cannot be read.`, {
    hint: 'Write it like and(eq(run_type, "llm"), gt(latency, 2)).',
  })
