import { type CacheMatch, type CacheRecord, type ModelCacheUse, type Parsed, toUsd } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'

type Used = Pick<ModelCacheUse, 'model' | 'calls' | 'hits' | 'semanticHits' | 'misses' | 'hitRate' | 'savedUsd' | 'savedSeconds'>

/** What the cache did for each alias in a time, from the spans of its calls. */
export async function cacheUse(events: Events, projectId: string, { from, to, environment }: Parsed<'cache.get'>): Promise<Used[]> {
  const rows = await events.query<
    Record<'calls' | 'hits' | 'semantic' | 'misses' | 'ms', number> & { model: string; saved: number | null }
  >(
    `SELECT requestModel AS model, count() AS calls, countIf(cache IN ('hit', 'semantic')) AS hits, countIf(cache = 'semantic') AS semantic,
       countIf(cache = 'miss') AS misses, sumOrNull(savedCost) AS saved, sum(ifNull(savedMs, 0)) AS ms
     FROM spans
     WHERE projectId = {project:String} AND cache != '' ${within({ from, to })} ${environment ? 'AND environment = {environment:String}' : ''}
     GROUP BY model ORDER BY calls DESC, model`,
    { project: projectId, ...timesOf({ from, to }), ...(environment && { environment }) },
  )
  return rows.map(({ model, calls, hits, semantic, misses, saved, ms }) => ({
    model,
    calls,
    hits,
    semanticHits: semantic,
    misses,
    hitRate: calls === 0 ? null : hits / calls,
    savedUsd: hits === 0 && saved === null ? '0' : toUsd(saved),
    savedSeconds: ms / 1000,
  }))
}

type Matched = Omit<CacheMatch, 'rejected'>

/** Calls whose question was compared with a kept one, newest first. */
export async function cacheMatches(
  events: Events,
  projectId: string,
  { from, to, model, outcome, limit, cursor }: Parsed<'cache.hits'>,
): Promise<{ hits: Matched[]; nextCursor?: string }> {
  const place = cursor === undefined ? undefined : readCursor(cursor)
  const spans = await events.query<{
    spanId: string
    traceId: string
    at: number
    model: string
    cache: string
    similarity: number
    answer: string
    savedCost: number | null
    savedMs: number | null
  }>(
    `SELECT spanId, traceId, toUnixTimestamp64Micro(startedAt) AS at, requestModel AS model, cache, similarity, outputPreview AS answer, savedCost, savedMs
     FROM spans
     WHERE projectId = {project:String} AND cache IN {outcomes:Array(String)} AND isNotNull(similarity) ${within({ from, to })}
       ${model === undefined ? '' : 'AND requestModel = {model:String}'}
       ${place ? 'AND (startedAt, spanId) < (fromUnixTimestamp64Micro({at:Int64}), {span:String})' : ''}
     ORDER BY startedAt DESC, spanId DESC
     LIMIT {limit:UInt32}
     SETTINGS prefer_column_name_to_alias = 1`,
    {
      project: projectId,
      outcomes: OUTCOMES[outcome],
      limit: limit + 1,
      ...timesOf({ from, to }),
      ...(model !== undefined && { model }),
      ...place,
    },
  )
  const page = spans.slice(0, limit)
  const said = await recordsOf(events, projectId, page)
  const last = page.at(-1)
  return {
    hits: page.map(({ spanId, traceId, at, model: name, cache, similarity, answer, savedCost, savedMs }) => {
      const record = said.get(spanId)
      return {
        spanId,
        traceId,
        at: new Date(at / 1000).toISOString(),
        model: name,
        outcome: cache === 'semantic' ? 'given' : 'refused',
        similarity,
        question: record?.question ?? null,
        keptQuestion: record?.keptQuestion ?? null,
        reasons: record?.refused ?? [],
        answer,
        keptSpanId: record?.of ?? null,
        keptTraceId: record?.ofTrace ?? null,
        savedUsd: toUsd(savedCost),
        savedSeconds: savedMs === null ? null : savedMs / 1000,
      }
    }),
    ...(spans.length > limit && last && { nextCursor: `${last.at}.${last.spanId}` }),
  }
}

const OUTCOMES = { given: ['semantic'], refused: ['miss'], all: ['semantic', 'miss'] } as const

/** What the cache wrote down for a call; undefined where there is no such call, or it did not ask. */
export async function cacheRecordOf(
  events: Events,
  projectId: string,
  span: { spanId: string; traceId: string },
): Promise<CacheRecord | undefined> {
  return (await recordsOf(events, projectId, [span])).get(span.spanId)
}

async function recordsOf(
  events: Events,
  projectId: string,
  spans: readonly { spanId: string; traceId: string }[],
): Promise<Map<string, CacheRecord>> {
  if (spans.length === 0) return new Map()
  const rows = await events.query<{ spanId: string; said: string }>(
    `SELECT spanId, JSONExtractRaw(attributes, 'cache') AS said FROM payloads
     WHERE projectId = {project:String} AND traceId IN {traces:Array(String)} AND spanId IN {spans:Array(String)}`,
    { project: projectId, traces: [...new Set(spans.map(({ traceId }) => traceId))], spans: spans.map(({ spanId }) => spanId) },
  )
  return new Map(rows.flatMap(({ spanId, said }) => (said === '' ? [] : [[spanId, JSON.parse(said) as CacheRecord] as const])))
}

type Window = { from?: string | undefined; to?: string | undefined }
const within = ({ from, to }: Window): string =>
  `${from === undefined ? '' : 'AND startedAt >= fromUnixTimestamp64Milli({from:Int64})'} ${to === undefined ? '' : 'AND startedAt < fromUnixTimestamp64Milli({to:Int64})'}`
const timesOf = ({ from, to }: Window) => ({
  ...(from !== undefined && { from: Date.parse(from) }),
  ...(to !== undefined && { to: Date.parse(to) }),
})

function readCursor(cursor: string): { at: number; span: string } | undefined {
  const [at = '', span = ''] = cursor.split('.')
  return /^\d+$/.test(at) && /^[0-9a-f]+$/.test(span) ? { at: Number(at), span } : undefined
}
