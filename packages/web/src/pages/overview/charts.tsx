import { formatUsd } from '../../lib/format-money.ts'
import { formatCompact } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ChartPanel } from './chart-panel.tsx'
import { toColumns, toColumnsBy } from './measures.ts'
import type { Rows } from './use-overview.ts'

/** What each status looks like on a chart, from the bottom up. */
const STATUS_COLOURS = { ok: 'mark-ok', error: 'mark-error', aborted: 'mark-warning', interrupted: 'mark-unknown', incomplete: 'mark-3' }

/** Percentiles differ by dash as well as by colour. */
const P50 = { colour: 'mark-3', dash: [2, 3] }
const P95 = { colour: 'mark-1' }
const P99 = { colour: 'mark-4', dash: [6, 3] }

/** Without the zeros that an axis does not need: `5 s`, not `5.00 s`. */
const axisDuration = (milliseconds: number) =>
  formatDuration(milliseconds)
    .replace(/(\.\d*?)0+ s$/, '$1 s')
    .replace('. s', ' s')

/** The charts of the overview, all over the same time. */
export function Charts({ byStatus, timeline }: { byStatus: Rows; timeline: Rows }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Loaded query={byStatus} skeleton={<ChartSkeleton wide />}>
        {({ rows, window }) => {
          const { starts, columns } = toColumnsBy(rows, window, { dimension: 'status', measure: 'calls' })
          const present = Object.entries(STATUS_COLOURS).filter(([status]) => status === 'ok' || status in columns)
          return (
            <ChartPanel
              title="Calls"
              unit="calls"
              className="lg:col-span-2"
              stacked
              starts={starts}
              window={window}
              format={formatCompact}
              series={present.map(([status, colour]) => ({ label: status, colour, values: columns[status] ?? starts.map(() => 0) }))}
            />
          )
        }}
      </Loaded>
      <Loaded query={timeline} skeleton={<TimelineSkeleton />}>
        {({ rows, window }) => {
          const { starts, columns } = toColumns(rows, window, [
            'durationP50',
            'durationP95',
            'durationP99',
            'firstTokenP50',
            'firstTokenP95',
            'inputTokens',
            'outputTokens',
            'costUsd',
          ])
          const shared = { starts, window }
          return (
            <>
              <ChartPanel
                {...shared}
                title="Latency"
                unit="ms"
                format={axisDuration}
                series={[
                  { label: 'p50', values: columns.durationP50, ...P50 },
                  { label: 'p95', values: columns.durationP95, ...P95 },
                  { label: 'p99', values: columns.durationP99, ...P99 },
                ]}
              />
              <ChartPanel
                {...shared}
                title="First token"
                unit="ms"
                format={axisDuration}
                series={[
                  { label: 'p50', values: columns.firstTokenP50, ...P50 },
                  { label: 'p95', values: columns.firstTokenP95, ...P95 },
                ]}
              />
              <ChartPanel
                {...shared}
                title="Tokens"
                unit="tokens"
                stacked
                format={formatCompact}
                series={[
                  { label: 'in', colour: 'mark-1', values: columns.inputTokens },
                  { label: 'out', colour: 'mark-2', values: columns.outputTokens },
                ]}
              />
              <ChartPanel
                {...shared}
                title="Cost"
                unit="USD"
                stacked
                format={formatUsd}
                series={[{ label: 'cost', colour: 'mark-1', values: columns.costUsd }]}
              />
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

function ChartSkeleton({ wide = false }: { wide?: boolean }) {
  return (
    <Panel title={<Skeleton className="h-4 w-24" />} className={wide ? 'lg:col-span-2' : ''}>
      <div className="h-[180px] p-2">
        <Skeleton className="h-[164px]" />
      </div>
    </Panel>
  )
}

const TimelineSkeleton = () => (
  <>
    <ChartSkeleton />
    <ChartSkeleton />
    <ChartSkeleton />
    <ChartSkeleton />
  </>
)
