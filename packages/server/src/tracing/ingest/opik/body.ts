import { AppError } from '@signalbox/schema'
import { hexOfUuid, isObject, isTooDeep, type Json, microsecondsOf, sampleOf, TOO_DEEP } from '../json-values.ts'

/** What requests of Opik's clients hold, by what it is about. The edge writes what it took in the same shape. */
export const LISTS = ['traces', 'spans', 'trace_updates', 'span_updates', 'trace_scores', 'span_scores', 'thread_scores'] as const
export type OpikList = (typeof LISTS)[number]
export type OpikBody = Partial<Record<OpikList, Json[]>>
/** What cannot be taken. `reason` holds no ids. */
export type BadItem = { list: OpikList; index: number; id: string; reason: string; sample: string }
export type CheckedBody = { body: OpikBody; accepted: number; bad: BadItem[] }

export function parsedOpik(body: Buffer): Json {
  if (isTooDeep(body)) throw new AppError('invalid-request', TOO_DEEP)
  let sent: unknown
  try {
    sent = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('invalid-json', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  if (isObject(sent)) return sent
  throw new AppError('invalid-request', 'The body must be a JSON object.')
}

/** The items that can be taken, and why the others cannot. */
export function checkOpik(sent: Partial<Record<OpikList, unknown>>): CheckedBody {
  const checked: CheckedBody = { body: {}, accepted: 0, bad: [] }
  for (const list of LISTS) {
    const items = sent[list]
    if (items === undefined || items === null) continue
    if (!Array.isArray(items)) throw new AppError('invalid-request', `\`${list}\` must be a list.`)
    const good: Json[] = []
    for (const [index, item] of items.entries()) {
      const reason = isObject(item) ? problemOf(list, item) : 'It must be a JSON object.'
      if (reason === undefined) good.push(item)
      else
        checked.bad.push({
          list,
          index,
          id: isObject(item) ? String(item.id ?? item.thread_id ?? '').slice(0, 100) : '',
          reason,
          sample: sampleOf(item),
        })
    }
    if (good.length > 0) checked.body[list] = good
    checked.accepted += good.length
  }
  return checked
}

function problemOf(list: OpikList, item: Json): string | undefined {
  if (list === 'thread_scores') {
    if (typeof item.thread_id !== 'string' || item.thread_id === '') return '`thread_id` is missing.'
  } else if (!hexOfUuid(item.id)) return '`id` must be a UUID.'
  if (list.endsWith('_scores')) return problemOfScore(item)
  if ((list === 'spans' || list === 'span_updates') && !hexOfUuid(item.trace_id)) return '`trace_id` must be a UUID.'
  if (item.parent_span_id !== undefined && item.parent_span_id !== null && !hexOfUuid(item.parent_span_id))
    return '`parent_span_id` must be a UUID.'
  for (const field of ['start_time', 'end_time', 'last_updated_at']) {
    if (item[field] !== undefined && item[field] !== null && microsecondsOf(item[field]) === undefined)
      return `\`${field}\` must be an ISO 8601 time.`
  }
  return undefined
}

function problemOfScore({ name, value }: Json): string | undefined {
  if (typeof name !== 'string' || name === '' || name.length > 200) return '`name` of a score must be a text of at most 200 characters.'
  if (typeof value !== 'number' || !Number.isFinite(value)) return '`value` of a score must be a number.'
  return undefined
}
