import { type Measure, type SpanMeasure, scoreMeasureOf } from '@signalbox/schema'
import { exactUsd, formatUsd, UNKNOWN } from '../../lib/format-money.ts'
import { formatCompact, formatCount, formatShare } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'

type Value = number | null | undefined
/** How the numbers of a measure are told. */
type Form = {
  /** Stands in the header of a table and in files. */
  unit: string
  /** Short, for a tile or the reading at the crosshair. */
  show: (value: Value) => string
  /** Every digit, for the tooltip. */
  exact: (value: Value) => string
  /** Without the zeros that an axis does not need. */
  axis: (value: number) => string
}
export type MeasureWords = Form & {
  title: string
  /** Of a sum the parts add up, so they may stand on each other; of a percentile or a rate they do not. */
  sum: boolean
  /** More of it is worse: shown as a warning when it grew much. */
  moreIsWorse?: boolean
}

const count = (unit: string): Form => ({ unit, show: formatCompact, exact: formatCount, axis: formatCompact })
/** `5 s`, not `5.00 s`. */
const axisDuration = (milliseconds: number) =>
  formatDuration(milliseconds)
    .replace(/(\.\d*?)0+ s$/, '$1 s')
    .replace('. s', ' s')
const MS: Form = {
  unit: 'ms',
  show: formatDuration,
  exact: (value) => (value === null || value === undefined ? 'Not measured in this period' : `${formatCount(value)} ms`),
  axis: axisDuration,
}
const inMilliseconds = (seconds: Value) => (seconds === null || seconds === undefined ? null : seconds * 1000)
const SECONDS: Form = {
  unit: 's',
  show: (value) => formatDuration(inMilliseconds(value)),
  exact: (value) => `${formatCount(value)} s`,
  axis: (value) => axisDuration(value * 1000),
}
const USD: Form = { unit: 'USD', show: formatUsd, exact: exactUsd, axis: formatUsd }
const SHARE: Form = { unit: '%', show: formatShare, exact: formatShare, axis: formatShare }
const RATE: Form = { unit: 'tokens/s', show: formatCompact, exact: formatCount, axis: formatCompact }

/** The words and the formats of a measure: the same in tiles, charts, tables and files. */
export function measureWords(measure: Measure): MeasureWords {
  const ofScore = scoreMeasureOf(measure)
  if (!ofScore) return OF_SPANS[measure as SpanMeasure]
  return { ...OF_SCORES[ofScore.measure], title: `${ofScore.score}: ${OF_SCORES[ofScore.measure].title}` }
}

const OF_SPANS: Record<SpanMeasure, MeasureWords> = {
  calls: { title: 'Calls', sum: true, ...count('calls') },
  errors: { title: 'Errors', sum: true, moreIsWorse: true, ...count('errors') },
  errorRate: { title: 'Error rate', sum: false, moreIsWorse: true, ...SHARE },
  traces: { title: 'Traces', sum: false, ...count('traces') },
  inputTokens: { title: 'Tokens in', sum: true, ...count('tokens') },
  outputTokens: { title: 'Tokens out', sum: true, ...count('tokens') },
  totalTokens: { title: 'Tokens', sum: true, ...count('tokens') },
  costUsd: { title: 'Cost', sum: true, ...USD },
  unpriced: { title: 'Calls without a price', sum: true, ...count('calls') },
  durationP50: { title: 'Latency p50', sum: false, moreIsWorse: true, ...MS },
  durationP95: { title: 'Latency p95', sum: false, moreIsWorse: true, ...MS },
  durationP99: { title: 'Latency p99', sum: false, moreIsWorse: true, ...MS },
  firstTokenP50: { title: 'First token p50', sum: false, moreIsWorse: true, ...MS },
  firstTokenP95: { title: 'First token p95', sum: false, moreIsWorse: true, ...MS },
  firstTokenP99: { title: 'First token p99', sum: false, moreIsWorse: true, ...MS },
  tokensPerSecond: { title: 'Tokens per second', sum: false, ...RATE },
  cacheHits: { title: 'Cache hits', sum: true, ...count('calls') },
  cacheSemanticHits: { title: 'Cache hits in other words', sum: true, ...count('calls') },
  cacheMisses: { title: 'Cache misses', sum: true, ...count('calls') },
  cacheHitRate: { title: 'Cache hit rate', sum: false, ...SHARE },
  savedUsd: { title: 'Saved by the cache', sum: true, ...USD },
  savedSeconds: { title: 'Time saved by the cache', sum: true, ...SECONDS },
}

const mean = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })
const showMean = (value: Value) => (value === null || value === undefined ? UNKNOWN : mean.format(value))
const OF_SCORES: Record<NonNullable<ReturnType<typeof scoreMeasureOf>>['measure'], MeasureWords> = {
  scoreAvg: { title: 'average', sum: false, unit: 'score', show: showMean, exact: showMean, axis: showMean },
  scoreCount: { title: 'scores', sum: true, ...count('scores') },
  scoreTrue: { title: 'true', sum: true, ...count('scores') },
  scoreFalse: { title: 'false', sum: true, ...count('scores') },
}
