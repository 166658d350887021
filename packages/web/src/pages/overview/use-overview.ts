import type { Measure } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useCallFilters } from '../../data/calls.ts'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useView } from '../../data/view.ts'
import { bucketFor, resolveTimeRange } from '../../lib/time-range.ts'

type Ask = { name: string; measures: Measure[]; dimensions?: string[]; bucketed?: boolean; shift?: boolean; limit?: number }

const TIMELINE: Measure[] = [
  'durationP50',
  'durationP95',
  'durationP99',
  'firstTokenP50',
  'firstTokenP95',
  'inputTokens',
  'outputTokens',
  'costUsd',
]
/** Of the row of figures, and of the lines of both tables. */
const TABLE: Measure[] = [
  'calls',
  'errors',
  'errorRate',
  'durationP50',
  'durationP95',
  'firstTokenP95',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'unpriced',
]

const HELP: Measure[] = ['calls', 'firstTokenP50', 'firstTokenP95', 'durationP50', 'durationP95']

/** Everything the overview shows, each part asked for on its own so that one that fails takes nothing with it. */
export function useOverview() {
  return {
    headline: useRows({ name: 'headline', measures: TABLE }),
    before: useRows({ name: 'before', measures: TABLE, shift: true }),
    byStatus: useRows({ name: 'by-status', measures: ['calls'], dimensions: ['status'], bucketed: true }),
    timeline: useRows({ name: 'timeline', measures: TIMELINE, bucketed: true }),
    byModel: useRows({ name: 'by-model', measures: TABLE, dimensions: ['model', 'provider'], limit: 100 }),
    byKey: useRows({ name: 'by-key', measures: TABLE, dimensions: ['keyId'], limit: 100 }),
    byHelp: useRows({ name: 'by-help', measures: HELP, dimensions: ['answeredBy', 'stream'] }),
  }
}

function useRows({ name, measures, dimensions = [], bucketed = false, shift = false, limit = 1000 }: Ask) {
  const { project, range, rangeKey, environment } = useView()
  const filters = useCallFilters()
  return useQuery({
    queryKey: [...keys.spans(project), 'overview', name, rangeKey, environment ?? ''],
    queryFn: async ({ signal }) => {
      const now = resolveTimeRange(range, Date.now())
      const window = shift ? { from: now.from - (now.to - now.from), to: now.from } : now
      const answer = await clientFor(project).query.run(
        {
          measures,
          dimensions,
          filters,
          from: new Date(window.from).toISOString(),
          to: new Date(window.to).toISOString(),
          ...(bucketed && { bucket: bucketFor(window).bucket }),
          limit: bucketed ? 10_000 : limit,
        },
        { signal },
      )
      return { rows: answer.rows, window }
    },
    placeholderData: keepPreviousData,
  })
}
export type Rows = ReturnType<typeof useRows>
