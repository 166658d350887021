import { type Measure, type SpanMeasure, scoreMeasureOf } from './query.ts'

/** What the numbers of a measure are in; measures of one axis have the same. */
type MeasureUnit = 'calls' | 'traces' | 'share' | 'tokens' | 'usd' | 'ms' | 'seconds' | 'tokens/s' | 'score' | 'scores'

const UNITS: Record<SpanMeasure, MeasureUnit> = {
  calls: 'calls',
  errors: 'calls',
  errorRate: 'share',
  traces: 'traces',
  inputTokens: 'tokens',
  outputTokens: 'tokens',
  totalTokens: 'tokens',
  costUsd: 'usd',
  unpriced: 'calls',
  durationP50: 'ms',
  durationP95: 'ms',
  durationP99: 'ms',
  firstTokenP50: 'ms',
  firstTokenP95: 'ms',
  firstTokenP99: 'ms',
  tokensPerSecond: 'tokens/s',
  cacheHits: 'calls',
  cacheSemanticHits: 'calls',
  cacheMisses: 'calls',
  cacheHitRate: 'share',
  savedUsd: 'usd',
  savedSeconds: 'seconds',
}
const ADDING: ReadonlySet<MeasureUnit> = new Set(['calls', 'tokens', 'usd', 'seconds', 'scores'])

/** Unknown to none: every measure has one. */
export const unitOf = (measure: Measure): MeasureUnit => {
  const ofScore = scoreMeasureOf(measure)
  if (ofScore) return ofScore.measure === 'scoreAvg' ? 'score' : 'scores'
  return UNITS[measure as SpanMeasure]
}

/** Whether the values of parts add up to that of the whole, so that they may stand on each other. */
export const addsUp = (measure: Measure): boolean => ADDING.has(unitOf(measure))

/** How wide the grid is, in columns. */
export const GRID_COLUMNS = 12
