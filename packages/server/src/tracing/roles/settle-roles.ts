import { type SpanRow, type SpanWithPayload, USAGE_BUCKETS, type Usage, usageColumn } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import type { RefusedRow } from '../insert-rows.ts'
import { AnswerMemory } from './answer-memory.ts'
import { isCall, RoleMemory } from './role-memory.ts'
import { type SpanRef, storeRepeated } from './store-repeated.ts'

/** Kept of the traces that were last heard of. */
const MOST_SPANS = 150_000
const MOST_ANSWERS = 50_000
const MOST_PENDING = 10_000

type Money = { cost: number | null; parts: Record<string, number>; version: string }
export type RoleRooms = {
  events: Events
  price(call: { projectId: string; provider: string; model: string; usage: Usage; at: number }): Money
  now?: () => number
}
export type Roles = {
  /** Says of rows that are about to be stored whether they count. */
  settle(rows: readonly SpanWithPayload[]): void
  /** Corrects what was stored before and is now known to repeat others. */
  correct(token: string): Promise<RefusedRow[]>
}

/**
 * Who counts. Each token and each dollar is summed once: a span that has what it used from spans below it repeats them, whatever
 * it is called; so does a client's span of a call that went through the gateway, whose numbers are its provider's own. An agent
 * that reports usage and has no such spans is counted itself.
 *
 * As a rule a span comes after those below it, and is right from the start. One that came first is corrected.
 */
export function createRoles({ events, price, now = Date.now }: RoleRooms, most = { spans: MOST_SPANS, answers: MOST_ANSWERS }): Roles {
  const memory = new RoleMemory(most.spans, now)
  const answers = new AnswerMemory(most.answers)
  /** Kept until they are corrected: a batch that fails comes again, but is nothing new then. */
  const pending = new Map<string, SpanRef>()
  const repeat = (ref: SpanRef) => {
    if (pending.size < MOST_PENDING) pending.set(`${ref.projectId} ${ref.traceId} ${ref.spanId}`, ref)
  }

  function settle(rows: readonly SpanWithPayload[]): void {
    const traces = rows.map(({ span }) => `${span.projectId} ${span.traceId}`)
    const strange = new Set<string>()
    for (const [index, { span }] of rows.entries()) {
      const trace = traces[index] as string
      if (span.usageRole === 'aggregate' && hasUsage(span) && !memory.has(trace)) strange.add(trace)
    }
    for (const [index, row] of rows.entries()) {
      const { projectId, traceId, spanId, parentId, kind, source } = row.span
      const ours = source === 'gateway'
      // Where the gateway answered from its cache nothing was used, and that is what counts.
      const used = hasUsage(row.span) || (ours && isCall(kind))
      memory.add(traces[index] as string, { spanId, parentId, kind, ours, used }, (above) => repeat({ projectId, traceId, spanId: above }))
      for (const client of answers.add(row)) repeat({ projectId, ...client })
    }
    for (const [index, row] of rows.entries()) {
      const { span } = row
      const trace = traces[index] as string
      if (span.source === 'gateway' || !hasUsage(span)) continue
      if (memory.repeats(trace, span.spanId) || answers.isServed(row)) asRepeated(span)
      // What stood below one that began before our time may be stored already: then the kind has to tell.
      else if (span.usageRole === 'aggregate' && !(strange.has(trace) && span.startedAt / 1000 < memory.knownSince)) asCounted(span)
      if (pending.size > 0) pending.delete(`${trace} ${span.spanId}`)
    }
    memory.trim()
  }

  function asCounted(span: SpanRow): void {
    span.usageRole = 'leaf'
    if (span.cost !== null) return
    const usage = Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, span[usageColumn(bucket)]])) as Usage
    for (const model of new Set([span.model, span.requestModel])) {
      const priced = price({ projectId: span.projectId, provider: span.provider, model, usage, at: span.startedAt / 1000 })
      if (priced.cost === null) continue
      Object.assign(span, { cost: priced.cost, costParts: priced.parts, priceVersion: priced.version })
      return
    }
  }

  async function correct(token: string): Promise<RefusedRow[]> {
    if (pending.size === 0) return []
    const refs = [...pending]
    const refused = await storeRepeated(events, { refs: refs.map(([, ref]) => ref), token, now: now() * 1000, asRepeated })
    for (const [key] of refs) pending.delete(key)
    return refused
  }

  return { settle, correct }
}

const hasUsage = ({ usageSource, cost }: SpanRow): boolean => usageSource !== 'none' || (cost !== null && cost > 0)

/** It is left out of sums. A cost of our own making would be counted twice by whoever adds up what they see; what it brought along stays. */
export function asRepeated(span: SpanRow): void {
  span.usageRole = 'aggregate'
  if (span.priceVersion !== 'provided') Object.assign(span, { cost: null, costParts: {}, priceVersion: '' })
}
