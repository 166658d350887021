import type { SpanMeasure } from '@signalbox/schema'
import { ROLLUP_DIMENSIONS } from '../rollup-dimensions.ts'
import { REFUSED } from './fields.ts'

/** Where a query reads: the spans themselves, or their rollups by minute and hour. Both have the same names for what can be grouped and filtered. */
export type Source = 'spans' | 'rollup'

/** Columns of the rollup that can be grouped and filtered by. */
export const ROLLUP_FIELDS: ReadonlySet<string> = new Set(ROLLUP_DIMENSIONS)

const LEAF = `usageRole = 'leaf'`
const FAILED = `status IN ('error', 'interrupted')`
const LEVELS = '0.5, 0.95, 0.99'
const GENERATION = '(durationMs - ifNull(firstTokenMs, 0))'

/** What is added up once and read by several measures; `called` says which rows count as calls. */
type Base = Record<Source, (called: string) => string>

/** Generation is the time after the first token (the whole call where none is known) of leaf spans that wrote tokens. */
const BASES = {
  calls: { spans: (called) => `countIf(${called})`, rollup: (called) => `sumIf(spans, ${called})` },
  errors: { spans: (called) => `countIf(${called} AND ${FAILED})`, rollup: (called) => `sumIf(spans, ${called} AND ${FAILED})` },
  refused: { spans: (called) => `countIf(${called} AND ${REFUSED})`, rollup: (called) => `sumIf(spans, ${called} AND ${REFUSED})` },
  traces: { spans: () => 'uniq(traceId)', rollup: () => 'NULL' },
  inputTokens: { spans: () => `sumIf(inputTokens, ${LEAF})`, rollup: () => 'sum(inputTokens)' },
  outputTokens: { spans: () => `sumIf(outputTokens, ${LEAF})`, rollup: () => 'sum(outputTokens)' },
  cost: { spans: () => `sumIf(ifNull(cost, 0), ${LEAF})`, rollup: () => 'sum(cost)' },
  priced: { spans: () => `countIf(${LEAF} AND isNotNull(cost))`, rollup: () => 'sum(priced)' },
  unpriced: { spans: () => `countIf(${LEAF} AND isNull(cost) AND inputTokens + outputTokens > 0)`, rollup: () => 'sum(unpriced)' },
  generationTokens: { spans: () => `sumIf(outputTokens, ${LEAF} AND ${GENERATION} > 0)`, rollup: () => 'sum(generationTokens)' },
  generationMs: {
    spans: () => `sumIf(${GENERATION}, ${LEAF} AND outputTokens > 0 AND ${GENERATION} > 0)`,
    rollup: () => 'sum(generationMs)',
  },
  cacheHits: { spans: () => `countIf(cache IN ('hit', 'semantic'))`, rollup: () => 'NULL' },
  cacheSemanticHits: { spans: () => `countIf(cache = 'semantic')`, rollup: () => 'NULL' },
  cacheMisses: { spans: () => `countIf(cache = 'miss')`, rollup: () => 'NULL' },
  saved: { spans: () => 'sum(ifNull(savedCost, 0))', rollup: () => 'NULL' },
  savedMs: { spans: () => 'sum(ifNull(s.savedMs, 0))', rollup: () => 'NULL' },
  duration: {
    spans: (called) => `quantilesTDigestIf(${LEVELS})(durationMs, ${called} AND NOT (${REFUSED}))`,
    rollup: (called) => `quantilesTDigestMergeIf(${LEVELS})(duration, ${called} AND NOT (${REFUSED}))`,
  },
  firstToken: {
    spans: (called) => `quantilesTDigestIf(${LEVELS})(ifNull(firstTokenMs, 0), ${called} AND isNotNull(firstTokenMs))`,
    rollup: (called) => `quantilesTDigestMergeIf(${LEVELS})(firstToken, ${called})`,
  },
} as const satisfies Record<string, Base>
export type BaseName = keyof typeof BASES
/** What the rollup does not know. */
export const OF_SPANS_ONLY: ReadonlySet<BaseName> = new Set(['traces', 'cacheHits', 'cacheSemanticHits', 'cacheMisses', 'saved', 'savedMs'])

export const baseSql = (name: BaseName, source: Source, called: string): string => BASES[name][source](called)

/**
 * A column of the rollup made from spans, as its view makes it: for the seconds at both ends of a window that are no whole
 * minute. A test holds both against the same query on the spans.
 */
export const ROLLUP_COLUMNS: Readonly<Record<string, string>> = {
  spans: 'count()',
  inputTokens: `sumIf(s.inputTokens, ${LEAF})`,
  outputTokens: `sumIf(s.outputTokens, ${LEAF})`,
  cost: `sumIf(ifNull(s.cost, 0), ${LEAF})`,
  priced: `countIf(${LEAF} AND isNotNull(s.cost))`,
  unpriced: `countIf(${LEAF} AND isNull(s.cost) AND s.inputTokens + s.outputTokens > 0)`,
  generationTokens: `sumIf(s.outputTokens, ${LEAF} AND ${GENERATION} > 0)`,
  generationMs: `sumIf(${GENERATION}, ${LEAF} AND s.outputTokens > 0 AND ${GENERATION} > 0)`,
  duration: `quantilesTDigestState(${LEVELS})(durationMs)`,
  firstToken: `quantilesTDigestStateIf(${LEVELS})(ifNull(firstTokenMs, 0), isNotNull(firstTokenMs))`,
}

type MeasureSql = {
  sql: string
  needs: readonly BaseName[]
  /** A group in which all of these are 0 has nothing to say about the measure. */
  present: readonly BaseName[]
}
const TOKENS = ['inputTokens', 'outputTokens'] as const
const plain = (name: BaseName, present: readonly BaseName[]): MeasureSql => ({ sql: name, needs: [name], present })
const CACHED = ['cacheHits', 'cacheMisses'] as const
const quantile = (name: 'duration' | 'firstToken', level: number): MeasureSql => ({
  // A group that has scores and no spans that count has an empty list.
  sql: `if(notEmpty(${name}) AND isFinite(${name}[${level}]), round(${name}[${level}], 3), NULL)`,
  needs: [name],
  present: ['calls'],
})

/** Each measure over the bases it needs. What cannot be known (no call, no price) is NULL and never 0. */
export const MEASURES: Record<SpanMeasure, MeasureSql> = {
  calls: plain('calls', ['calls']),
  errors: plain('errors', ['calls']),
  errorRate: {
    sql: 'if(calls = refused, NULL, (errors - refused) / (calls - refused))',
    needs: ['calls', 'errors', 'refused'],
    present: ['calls'],
  },
  traces: plain('traces', ['traces']),
  inputTokens: plain('inputTokens', TOKENS),
  outputTokens: plain('outputTokens', TOKENS),
  totalTokens: { sql: 'inputTokens + outputTokens', needs: TOKENS, present: TOKENS },
  costUsd: { sql: 'if(priced = 0, NULL, cost)', needs: ['cost', 'priced'], present: ['priced', 'unpriced'] },
  unpriced: plain('unpriced', ['priced', 'unpriced']),
  durationP50: quantile('duration', 1),
  durationP95: quantile('duration', 2),
  durationP99: quantile('duration', 3),
  firstTokenP50: quantile('firstToken', 1),
  firstTokenP95: quantile('firstToken', 2),
  firstTokenP99: quantile('firstToken', 3),
  tokensPerSecond: {
    sql: 'if(generationMs = 0, NULL, round(generationTokens / generationMs * 1000, 2))',
    needs: ['generationTokens', 'generationMs'],
    present: TOKENS,
  },
  cacheHits: plain('cacheHits', CACHED),
  cacheSemanticHits: plain('cacheSemanticHits', CACHED),
  cacheMisses: plain('cacheMisses', CACHED),
  cacheHitRate: { sql: 'if(cacheHits + cacheMisses = 0, NULL, cacheHits / (cacheHits + cacheMisses))', needs: CACHED, present: CACHED },
  savedUsd: { sql: 'if(cacheHits + cacheMisses = 0, NULL, saved)', needs: ['saved', ...CACHED], present: CACHED },
  savedSeconds: { sql: 'if(cacheHits + cacheMisses = 0, NULL, savedMs / 1000)', needs: ['savedMs', ...CACHED], present: CACHED },
}
