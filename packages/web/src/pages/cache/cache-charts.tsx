import { useOpenTraces } from '../../data/calls.ts'
import { useView } from '../../data/view.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCompact } from '../../lib/format-number.ts'
import { ChartPanel, ChartSkeleton } from '../../ui/chart/chart-panel.tsx'
import { toColumns } from '../../ui/chart/rows.ts'
import { Loaded } from '../../ui/panel.tsx'
import { ASKED, type useCache } from './use-cache.ts'

/** Calls by what the cache did, and what that saved, over time. */
export function CacheCharts({ timeline }: { timeline: ReturnType<typeof useCache>['timeline'] }) {
  const { environmentFilters } = useView()
  const open = useOpenTraces()
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Loaded query={timeline} skeleton={<ChartSkeletons />}>
        {({ rows, window }) => {
          const { starts, columns } = toColumns(rows, window, ['cacheHits', 'cacheSemanticHits', 'cacheMisses', 'savedUsd'])
          const counts = (values: (number | null)[]) => values.map((value) => value ?? 0)
          const semantic = counts(columns.cacheSemanticHits)
          const same = counts(columns.cacheHits).map((hits, at) => hits - (semantic[at] ?? 0))
          const shared = {
            starts,
            window,
            stacked: true,
            onOpen: (from: number, to: number) => open([...environmentFilters, ASKED], from, to),
          }
          return (
            <>
              <ChartPanel
                {...shared}
                title="Calls"
                unit="calls"
                format={formatCompact}
                series={[
                  { label: 'hit', colour: 'mark-ok', values: same },
                  { label: 'in other words', colour: 'mark-1', values: semantic },
                  { label: 'miss', colour: 'mark-unknown', values: counts(columns.cacheMisses) },
                ]}
              />
              <ChartPanel
                {...shared}
                title="Saved"
                unit="USD"
                format={formatUsd}
                series={[{ label: 'saved', colour: 'mark-ok', values: columns.savedUsd }]}
              />
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

const ChartSkeletons = () => (
  <>
    <ChartSkeleton />
    <ChartSkeleton />
  </>
)
