import type { Parsed, Trace } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { microTime, scope } from './conditions.ts'
import { type Place, readCursor, writeCursor } from './cursor.ts'
import { type Matcher, matchersOf } from './matchers.ts'
import { once } from './once.ts'
import { parameters } from './parameters.ts'
import { sortTraces } from './sort-traces.ts'
import { toMicros } from './time.ts'
import { tracesById } from './traces-by-id.ts'

const DAY = 86_400_000_000
/** Newest first, so most lists are answered by the newest day; what is older is asked for in ever larger pieces. */
const PIECES = [DAY, 7 * DAY, 56 * DAY, Number.POSITIVE_INFINITY]
/** Two traces can begin at the same entry only when a span was sent twice: a few more than needed make up for those. */
const SPARE = 8
/** How many traces are looked at before a filter is thought to be a rare one, and how many at most while it is not. */
const TRIED = 200
const MOST_TRIED = 2000
/** Words have an index over everything, so looking all of them up costs little more than looking into a few hundred traces. */
const MOST_TRIED_FOR_WORDS = 400
/** Fields with an index and so many values that looking one up is always cheaper. */
const RARE = new Set(['userId', 'sessionId', 'traceId', 'spanId'])

type Input = Parsed<'traces.list'>

/**
 * Traces, newest first by the start of their earliest entry span, or as `sort` says. A trace matches when one of its spans matches all
 * filters and one of them (the same or another) contains the searched text. The cursor names the last trace shown.
 *
 * A filter that many traces match is cheapest checked on the next few hundred traces; one that few match is cheapest
 * looked up over all spans first. Which it is shows on the first few hundred.
 */
export async function listTraces(events: Events, projectId: string, input: Input): Promise<{ traces: Trace[]; nextCursor?: string }> {
  const { sort = '-startedAt' } = input
  if (sort !== '-startedAt') return sortTraces(events, projectId, { ...input, sort })
  const final = input.filter?.length || input.search ? await once(events, projectId) : ''
  const search: Search = { events, projectId, input, matchers: matchersOf(input, final) }
  const listed = new Map<string, { trace: Trace; place: Place }>()
  let after = input.cursor === undefined ? null : readCursor(input.cursor)
  let ended = false
  // One more than asked for tells whether there is a next page.
  while (listed.size <= input.limit && !ended) {
    const wanted = input.limit + 1 - listed.size + SPARE
    const found = await matchingEntries(search, after, wanted)
    const places = found.places.slice(0, wanted)
    for (const shown of await atEarliestEntry(search, places)) listed.set(shown.trace.traceId, shown)
    ended = found.ended && found.places.length <= wanted
    after = places.at(-1) ?? null
  }
  const page = [...listed.values()].slice(0, input.limit)
  const last = page.at(-1)
  return { traces: page.map(({ trace }) => trace), ...(last && listed.size > page.length && { nextCursor: writeCursor(last.place) }) }
}

type Search = { events: Events; projectId: string; input: Input; matchers: Matcher[] }

/** The next entries of matching traces in the order of the list: as many as wanted, or more, or all that are left. */
async function matchingEntries(search: Search, from: Place | null, wanted: number): Promise<{ places: Place[]; ended: boolean }> {
  const { matchers, input } = search
  if (matchers.length === 0 || (input.filter ?? []).some(({ field, op }) => RARE.has(field) && (op === 'eq' || op === 'in'))) {
    const places = await entries(search, { after: from, size: wanted, lookUp: matchers.length > 0 })
    return { places, ended: places.length < wanted }
  }
  const places: Place[] = []
  let after = from
  let size = Math.max(TRIED, wanted)
  let tried = 0
  while (places.length < wanted) {
    const found = await entries(search, { after, size, lookUp: false })
    places.push(...(await matching(search, found)))
    if (found.length < size) return { places, ended: true }
    tried += found.length
    after = found.at(-1) ?? null
    // As many more as should do at the rate found so far, and half as many again for luck.
    size = Math.ceil((1.5 * (wanted - places.length) * tried) / Math.max(places.length, 1))
    if (places.length < wanted && size > (matchers.some(({ table }) => table === 'payloads') ? MOST_TRIED_FOR_WORDS : MOST_TRIED)) {
      const others = await entries(search, { after, size: wanted - places.length, lookUp: true })
      return { places: [...places, ...others], ended: others.length < wanted - places.length }
    }
  }
  return { places, ended: false }
}

type Step = { after: Place | null; size: number; lookUp: boolean }

/** The next entry spans in the order of the list, fewer than `size` only at the end. With `lookUp` only those of matching traces. */
async function entries(search: Search, { after, size, lookUp }: Step): Promise<Place[]> {
  const { events, projectId, input, matchers } = search
  const oldest = input.from === undefined ? Number.NEGATIVE_INFINITY : toMicros(input.from)
  const newest =
    after?.startedAtMicros ?? Math.min(Date.now() * 1000, input.to === undefined ? Number.POSITIVE_INFINITY : toMicros(input.to))
  const found: Place[] = []
  let below: number | null = null
  // By its columns a set of matching traces costs the same for every piece, so it is asked for once, for all of them. Texts have to be
  // read where an index cannot tell, a phrase of frequent words above all: only as far back as the page needs.
  const atOnce = lookUp && matchers.every(({ table }) => table !== 'payloads')
  for (const piece of atOnce ? PIECES.slice(-1) : PIECES) {
    const bound = parameters()
    const { bind, values } = bound
    const lowest = newest - piece
    const where = [...scope(projectId, input, bound), 'entry = 1']
    if (lowest > oldest) where.push(`startedAt >= ${microTime(lowest, bound)}`)
    if (below !== null) where.push(`startedAt < ${microTime(below, bound)}`)
    if (after) {
      const at = microTime(after.startedAtMicros, bound)
      where.push(`startedAt <= ${at}`)
      where.push(`(startedAt, traceId, spanId) < (${at}, ${bind('String', after.traceId)}, ${bind('String', after.spanId)})`)
    }
    if (lookUp) {
      const spans = scope(projectId, {}, bound)
      const since = Math.max(oldest, lowest) - DAY
      if (since > 0) spans.push(`startedAt >= ${microTime(since, bound)}`)
      for (const matcher of matchers)
        where.push(`traceId IN (SELECT traceId FROM ${matcher.table} WHERE ${[...spans, matcher.where(bound)].join(' AND ')})`)
    }
    found.push(...(await events.query<Place>(entriesSql(where, size - found.length), values)))
    if (found.length >= size || lowest <= oldest) break
    below = lowest
  }
  return found
}

const entriesSql = (where: string[], limit: number) => `
SELECT toUnixTimestamp64Micro(startedAt) AS startedAtMicros, traceId, spanId
FROM spans
WHERE ${where.join(' AND ')}
ORDER BY startedAt DESC, traceId DESC, spanId DESC
LIMIT ${limit}`

/** Those whose traces match. Spans of a trace begin before its entry by what clocks differ at most, so by less than a day. */
async function matching({ events, projectId, matchers }: Search, places: Place[]): Promise<Place[]> {
  let kept = places
  for (const matcher of matchers) {
    if (kept.length === 0) return []
    const bound = parameters()
    const where = [
      ...scope(projectId, {}, bound),
      `startedAt >= ${microTime(oldestOf(kept) - DAY, bound)}`,
      `traceId IN ${bound.bind(
        'Array(String)',
        kept.map((place) => place.traceId),
      )}`,
      matcher.where(bound),
    ]
    const rows = await events.query<{ traceId: string }>(
      `SELECT DISTINCT traceId FROM ${matcher.table} WHERE ${where.join(' AND ')}`,
      bound.values,
    )
    const ids = new Set(rows.map((row) => row.traceId))
    kept = kept.filter((place) => ids.has(place.traceId))
  }
  return kept
}

/** A trace may have several entries: its first known span, and later its root. It is shown at the earliest, so pages neither repeat nor skip it. */
async function atEarliestEntry({ events, projectId }: Search, places: Place[]): Promise<{ trace: Trace; place: Place }[]> {
  if (places.length === 0) return []
  const traceIds = [...new Set(places.map((place) => place.traceId))]
  const known = await tracesById(events, projectId, { traceIds, entriesSince: oldestOf(places) })
  return places.flatMap((place) => {
    const found = known.get(place.traceId)
    return found?.entry?.spanId === place.spanId && found.entry.startedAtMicros === place.startedAtMicros
      ? [{ trace: found.trace, place }]
      : []
  })
}

/** The list is ordered, so the last is the oldest. */
const oldestOf = (places: Place[]): number => places.at(-1)?.startedAtMicros ?? 0
