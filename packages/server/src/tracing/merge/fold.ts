import type { PatchFields, SpanPatch } from '@signalbox/schema'
import { type InOrder, inOrder } from './in-order.ts'

/** What all messages about one span say together. */
export type Folded = Pick<SpanPatch, 'projectId' | 'traceId' | 'spanId' | 'source' | 'keyId' | 'ofTrace'> & {
  fields: PatchFields
  startedAt: number
  /** Undefined while nobody said that it ended. */
  endedAt: number | undefined
  /** Whether one of them told of an error; what comes after does not make it well. */
  failed: boolean
  firstReceivedAt: number
  lastReceivedAt: number
  /** The latest time that a message gives of itself. */
  lastAt: number
  /** How many different messages there are. */
  messages: number
}

/**
 * Puts the messages about one span together. Which order they came in, how often, and in how many pieces makes no difference:
 * they are a set, and within it the later word (by the client's own time, then by id) counts, field by field. Nothing that is
 * empty ever takes the place of something.
 */
export function fold(patches: readonly [SpanPatch, ...SpanPatch[]]): Folded {
  const messages = inOrder(patches)
  const { projectId, traceId, spanId } = patches[0]
  const fields = foldFields(messages)
  const starts = messages.flatMap(({ fields: { startedAt } }) => (isTime(startedAt) ? [startedAt] : []))
  const received = messages.map(({ receivedAt }) => receivedAt)
  const lastAt = most(messages.map(({ at }) => at))
  return {
    projectId,
    traceId,
    spanId,
    source: patches[0].source,
    ...lastOf(messages, 'source'),
    keyId: '',
    ...lastOf(messages, 'keyId'),
    ofTrace: messages.some(({ ofTrace }) => ofTrace),
    fields,
    startedAt: least(starts.length > 0 ? starts : messages.map(({ at }) => at)),
    endedAt: isTime(fields.endedAt) ? fields.endedAt : undefined,
    failed: messages.some(({ fields: { status } }) => status === 'error'),
    firstReceivedAt: least(received),
    lastReceivedAt: most(received),
    lastAt,
    messages: messages.length,
  }
}

/** The fields that several messages give, in order: the last word of each, tags together, metadata and attributes key by key. */
export function foldFields(messages: InOrder): PatchFields {
  const last: Record<string, unknown> = {}
  const tags = new Set<string>()
  const maps = { metadata: new Map<string, unknown>(), attributes: new Map<string, unknown>() }
  for (const { fields } of messages) {
    for (const tag of fields.tags ?? []) if (typeof tag === 'string' && tag !== '') tags.add(tag)
    for (const name of ['metadata', 'attributes'] as const) {
      // What is empty is kept where nothing else was said: it was sent.
      for (const [key, value] of Object.entries(fields[name] ?? {})) if (!isEmpty(value) || !maps[name].has(key)) maps[name].set(key, value)
    }
    for (const [name, value] of Object.entries(fields)) {
      if (TOGETHER.has(name) || isEmpty(value) || (value === 0 && NOTHING_AT_ZERO.has(name))) continue
      last[name] = value
    }
  }
  return {
    ...(last as PatchFields),
    ...(tags.size > 0 && { tags: [...tags] }),
    ...(maps.metadata.size > 0 && { metadata: Object.fromEntries(maps.metadata) as Record<string, string> }),
    ...(maps.attributes.size > 0 && { attributes: Object.fromEntries(maps.attributes) }),
  }
}

const TOGETHER: ReadonlySet<string> = new Set(['tags', 'metadata', 'attributes'] satisfies (keyof PatchFields)[])
/** Clients write 0 where they know of no time or cost. */
const NOTHING_AT_ZERO: ReadonlySet<string> = new Set(['cost', 'startedAt', 'endedAt', 'firstTokenAt'] satisfies (keyof PatchFields)[])
const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''
const isTime = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value) && value > 0
const least = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const most = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)

function lastOf<K extends 'source' | 'keyId'>(messages: InOrder, name: K): Partial<Pick<SpanPatch, K>> {
  const said = messages.findLast((message) => message[name] !== '')
  return said ? ({ [name]: said[name] } as unknown as Pick<SpanPatch, K>) : {}
}
