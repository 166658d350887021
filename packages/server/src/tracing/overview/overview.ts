import { type Bucket, type Filter, type Measure, type Output, Query, type QueryRow } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { runQuery, runQuerySets } from '../queries/run-query.ts'

export type Period = { from: string; to: string; environment?: string | undefined }

/** What a "call" is on the first page: a request to a model. Tools and agents around it are spans of the same traces. */
const CALLS: Filter = { field: 'kind', op: 'in', value: ['llm', 'embedding'] }
export const filtersOf = ({ environment }: Pick<Period, 'environment'>): Filter[] => [
  CALLS,
  ...(environment === undefined ? [] : [{ field: 'environment', op: 'eq' as const, value: environment }]),
]
/** The period of the same length that ends where this one begins. */
export function periodBefore({ from, to, ...rest }: Period): Period {
  const length = Date.parse(to) - Date.parse(from)
  return { ...rest, from: new Date(Date.parse(from) - length).toISOString(), to: from }
}

const FIGURES: Measure[] = [
  'calls',
  'errors',
  'errorRate',
  'durationP50',
  'durationP95',
  'durationP99',
  'firstTokenP50',
  'firstTokenP95',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'costUsd',
  'unpriced',
]
/** What only the spans know; asked apart, so that the rest comes from the rollups. */
const CACHED: Measure[] = ['calls', 'savedUsd', 'cacheHits', 'cacheMisses']
const FEEDBACK: Measure[] = ['scoreFalse.thumbs', 'scoreTrue.thumbs']
const HELPED: Measure[] = ['calls', 'firstTokenP50', 'firstTokenP95', 'durationP50', 'durationP95']
const NOTHING: QueryRow = { calls: 0, errors: 0, inputTokens: 0, outputTokens: 0, totalTokens: 0, unpriced: 0 }

/** All that the first page draws. The calls are read few times and grouped often: a page that waits for one answer shows at once. */
export async function overview(
  events: Events,
  projectId: string,
  { bucket, ...now }: Period & { bucket: Bucket },
): Promise<Output<'overview.get'>> {
  const asked = (measures: Measure[], period: Period, more: Partial<Query> = {}) =>
    Query.parse({ measures, filters: filtersOf(period), from: period.from, to: period.to, limit: 10_000, ...more })
  const sets = (measures: Measure[], period: Period, sets: string[][], more: Partial<Query> = {}) =>
    runQuerySets(events, projectId, asked(measures, period, { dimensions: namesOf(sets), ...more }), sets)
  const one = async (measures: Measure[], period: Period) => (await runQuery(events, projectId, asked(measures, period)))[0] ?? {}
  const earlier = periodBefore(now)
  const [[whole, timeline = [], byModel = [], byKey = []], [cached, outcomes = []], helped, thumbs, ...before] = await Promise.all([
    sets(FIGURES, now, [[], ['bucket'], ['model', 'provider'], ['keyId']], { bucket }),
    sets(CACHED, now, [[], ['bucket', 'outcome', 'durationBucket']], { bucket }),
    runQuery(events, projectId, asked(HELPED, now, { dimensions: ['answeredBy', 'stream'] })),
    one(FEEDBACK, now),
    one(FIGURES, earlier),
    one(CACHED, earlier),
    one(FEEDBACK, earlier),
  ])
  return {
    current: Object.assign({}, NOTHING, whole?.[0], cached?.[0], thumbs),
    before: Object.assign({}, ...before),
    timeline,
    outcomes: outcomes.map(({ bucket = null, outcome = null, durationBucket = null, calls = null }) => ({
      bucket,
      outcome,
      durationBucket,
      calls,
    })),
    helped,
    byModel: busiest(byModel),
    byKey: busiest(byKey),
  }
}

const MOST_LINES = 100
const busiest = (rows: QueryRow[]) => rows.toSorted((a, b) => Number(b.calls) - Number(a.calls)).slice(0, MOST_LINES)
/** The dimensions of sets, each once; `bucket` is asked for by its own name. */
const namesOf = (sets: string[][]): string[] => [...new Set(sets.flat())].filter((name) => name !== 'bucket')
