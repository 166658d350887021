import { useView } from '../../data/view.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCompact } from '../../lib/format-number.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ChartPanel } from '../overview/chart-panel.tsx'
import { toColumns } from '../overview/measures.ts'
import { ASKED, type useCache } from './use-cache.ts'

/** Calls by what the cache did, and what that saved, over time. */
export function CacheCharts({ timeline }: { timeline: ReturnType<typeof useCache>['timeline'] }) {
  const { environmentFilters } = useView()
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Loaded query={timeline} skeleton={<ChartSkeletons />}>
        {({ rows, window }) => {
          const { starts, columns } = toColumns(rows, window, ['cacheHits', 'cacheSemanticHits', 'cacheMisses', 'savedUsd'])
          const counts = (values: (number | null)[]) => values.map((value) => value ?? 0)
          const semantic = counts(columns.cacheSemanticHits)
          const same = counts(columns.cacheHits).map((hits, at) => hits - (semantic[at] ?? 0))
          const shared = { starts, window, stacked: true, filters: [...environmentFilters, ASKED] }
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
    {['calls', 'saved'].map((name) => (
      <Panel key={name} title={<Skeleton className="h-4 w-24" />}>
        <div className="h-[180px] p-2">
          <Skeleton className="h-[164px]" />
        </div>
      </Panel>
    ))}
  </>
)
