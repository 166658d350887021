import type { ServerResponse } from 'node:http'
import { type CacheRecord, type CallStart, noUsage } from '@signalbox/schema'
import { decodeRequest, type WireRequest } from '../wire/request.ts'
import { AnswerStore, type CacheCounters, type OpenStore } from './answer-store.ts'
import { type CacheAsked, type CachePlan, keyOf, planOf } from './cache-plan.ts'
import { answerOf, ItemKeeper, type Items, itemsOf, recordOfItems } from './embedding-items.ts'
import { Flights, type Lead, type Waiting } from './flights.ts'
import { Collector, type Keeper } from './keeper.ts'
import { decodeKept, encodeKept, type KeptAnswer } from './kept-answer.ts'
import type { Vector } from './questions.ts'
import { type Replay, replay } from './replay.ts'
import { type Seen, type Semantic, semanticOf } from './semantic.ts'

export type FindOptions = CacheAsked &
  Pick<CallStart, 'spanId' | 'traceId'> & {
    response: ServerResponse
    /** The vector of a question; undefined where it cannot be had in time. */
    embed(model: string, text: string): Promise<Vector | undefined>
  }

/** A kept answer for a call. `age` in seconds. */
export type Found = { kept: KeptAnswer; replay: Replay; age: number }

/** What the cache says of a call: the answer, or who is to be told of it, or neither where the client hung up while it waited. */
export type Cached = {
  record: CacheRecord
  found?: Found
  keeper?: Keeper
  /** What goes upstream in place of the request, where part of the answer is known. */
  request?: WireRequest
}

/** Kept answers. Undefined: it has nothing to do with the call. Throws `invalid-request` for a wish that is none. */
export type Cache = { find(options: FindOptions): Promise<Cached | undefined>; counters: CacheCounters }

/** An answer on its way to all who asked for it. */
type Landed = { kept: KeptAnswer; record: CacheRecord }
type Going<T> = { key: string; options: FindOptions; lead?: Lead<T> }

/** `openPrivate`: for projects whose content is not to be written anywhere. */
export function createCache({ open, openPrivate }: { open: OpenStore; openPrivate: OpenStore }): Cache {
  const counters: CacheCounters = { hits: 0, semanticHits: 0, misses: 0, kept: 0, shared: 0, failures: 0 }
  const shared = new AnswerStore(open, counters)
  const hidden = new AnswerStore(openPrivate, counters)
  const storeOf = ({ project }: FindOptions): AnswerStore => (project.capture.content ? shared : hidden)
  const semantics = { shared: semanticOf(shared), hidden: semanticOf(hidden) }
  const flights = new Flights<Landed>()
  const itemFlights = new Flights<true>()

  async function find(options: FindOptions): Promise<Cached | undefined> {
    const plan = planOf(options)
    if (!plan) return undefined
    const { door, choice } = options
    const items = door.operation === 'embeddings' ? itemsOf(plan, new Set(choice.entry?.targets.map(({ model }) => model))) : undefined
    const key = keyOf(plan, door)
    if (items) return findItems(plan, items, { key, options })
    if (!plan.wishes.read) return miss(plan, { key, options })
    const going = await enter(flights, { key, options })
    if (going === 'left') return LEFT
    if ('value' in going) {
      const given = give(going.value, plan, options)
      if (given) counters.shared++
      return given ?? miss(plan, { key, options })
    }
    const { lead, isFirst } = going
    const landed = isFirst ? await look(key, options) : undefined
    const given = landed && give(landed, plan, options)
    if (landed && given) {
      lead.land(landed)
      return given
    }
    const semantic = await resemble(plan, options)
    if (semantic?.landed) {
      const resembling = give(semantic.landed, plan, options)
      if (resembling) {
        lead.land(semantic.landed)
        return resembling
      }
    }
    if (options.response.destroyed) {
      lead.fail('aborted')
      return LEFT
    }
    return miss(plan, { key, options, lead }, semantic)
  }

  async function look(key: string, options: FindOptions): Promise<Landed | undefined> {
    const store = storeOf(options)
    const kept = readKept(await store.get(key))
    if (!kept) return undefined
    if (options.project.cache?.rejected.includes(kept.span)) {
      store.delete(key)
      return undefined
    }
    return { kept, record: recordOf(kept) }
  }

  /** What a question is like that is none of those whose answer is kept. */
  async function resemble(plan: CachePlan, options: FindOptions): Promise<(Seen & { landed?: Landed }) | undefined> {
    if (plan.config.mode !== 'semantic') return undefined
    const { project, door } = options
    const semantic: Semantic = project.capture.content ? semantics.shared : semantics.hidden
    const seen = await semantic.find({
      plan,
      dialect: door.dialect,
      rejected: project.cache?.rejected ?? [],
      mayTell: project.capture.content,
      embed: options.embed,
    })
    if (!seen?.match) return seen
    const { key, ...record } = seen.match
    const landed = await look(key, options)
    if (landed) return { ...seen, landed: { kept: landed.kept, record: { ...landed.record, ...record, status: 'semantic' as const } } }
    seen.forget(key)
    return seen
  }

  function give({ kept, record }: Landed, { config, wishes, form }: CachePlan, { door, request, spanId }: FindOptions): Cached | undefined {
    const age = ageOf(kept)
    if (age > wishes.maxAge || age >= config.ttlSeconds) return undefined
    const shown = replay(kept, { door, request, form, id: spanId })
    if (!shown) return undefined
    if (record.status === 'semantic') counters.semanticHits++
    else counters.hits++
    return { record, found: { kept, replay: shown, age } }
  }

  function miss(
    { config, form }: CachePlan,
    { key, options, lead }: Going<Landed>,
    semantic?: { refused?: Omit<CacheRecord, 'status'>; add(kept: KeptAnswer, key: string): void },
  ): Cached {
    counters.misses++
    // Also of a call that was refused before it was made.
    if (lead) options.response.once('close', () => lead.fail('aborted'))
    const keeper = new Collector(form, options, (kept, why) => {
      if (!kept) return lead?.fail(why === 'ok' ? 'unkept' : why)
      counters.kept++
      storeOf(options).set(key, encodeKept(kept), config.ttlSeconds)
      semantic?.add(kept, key)
      lead?.land({ kept, record: recordOf(kept) })
    })
    return { record: { ...semantic?.refused, status: 'miss' }, keeper }
  }

  /** Each text by itself: only those that are not known go upstream. */
  async function findItems(plan: CachePlan, items: Items, { key, options }: Going<true>): Promise<Cached> {
    const { wishes, config, body } = plan
    let lead: Lead<true> | undefined
    if (wishes.read) {
      const going = await enter(itemFlights, { key, options })
      if (going === 'left') return LEFT
      if ('lead' in going) lead = going.lead
      else counters.shared++
    }
    const store = storeOf(options)
    const texts = wishes.read ? await store.many(items.keys) : items.keys.map(() => undefined)
    const known = texts.map((text) => {
      const kept = readKept(text)
      return kept && ageOf(kept) <= wishes.maxAge && ageOf(kept) < config.ttlSeconds ? kept : undefined
    })
    const kept = known.filter((one) => one !== undefined)
    const record = recordOfItems(kept, known.length)
    const [first] = kept
    if (first && record.status === 'hit') {
      counters.hits++
      lead?.land(true)
      const answer: KeptAnswer = { ...first, body: answerOf(kept), usage: noUsage() }
      const age = Math.max(...kept.map(ageOf))
      return { record, found: { kept: answer, replay: { form: 'whole', type: first.type, pieces: [answer.body] }, age } }
    }
    if (options.response.destroyed) {
      lead?.fail('aborted')
      return LEFT
    }
    counters.misses++
    if (lead) options.response.once('close', () => lead.fail('aborted'))
    const keeper = new ItemKeeper({
      items,
      known,
      start: options,
      done(made, why) {
        if (made.length === 0) return lead?.fail(why === 'ok' ? 'unkept' : why)
        counters.kept += made.length
        for (const { key: itemKey, kept: vector } of made) store.set(itemKey, encodeKept(vector), config.ttlSeconds)
        lead?.land(true)
      },
    })
    if (!first) return { record, keeper }
    const asked = JSON.stringify({ ...body, input: items.inputs.filter((_, place) => known[place] === undefined) })
    return { record, keeper, request: decodeRequest(Buffer.from(asked), options.door.shape) }
  }

  return { find, counters }
}

const LEFT: Cached = { record: { status: 'miss' } }

const ageOf = ({ at }: KeptAnswer): number => Math.max(0, Math.floor((Date.now() - at) / 1000))
const readKept = (text: string | undefined): KeptAnswer | undefined => (text === undefined ? undefined : decodeKept(text))

const recordOf = ({ span, trace, cost, ms }: KeptAnswer): CacheRecord => ({
  status: 'hit',
  of: span,
  ofTrace: trace,
  savedCost: cost,
  savedMs: ms,
})

/** The first of identical calls goes, the others wait until it lands, until it is their turn, or until their client hangs up. */
async function enter<T>(
  flights: Flights<T>,
  { key, options: { response } }: Going<T>,
): Promise<{ value: T } | { lead: Lead<T>; isFirst: boolean } | 'left'> {
  const entered: Lead<T> | Waiting<T> = flights.enter(key)
  if (!('outcome' in entered)) return { lead: entered, isFirst: true }
  if (response.destroyed) entered.leave()
  response.once('close', entered.leave)
  try {
    const outcome = await entered.outcome
    return outcome !== 'left' && 'lead' in outcome ? { lead: outcome.lead, isFirst: false } : outcome
  } finally {
    response.off('close', entered.leave)
  }
}
