import { useCallFilters, useOpenTraces } from '../../data/calls.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCompact } from '../../lib/format-number.ts'
import { ChartPanel, ChartSkeleton } from '../../ui/chart/chart-panel.tsx'
import { measureWords } from '../../ui/chart/measures.ts'
import { toColumns, toColumnsBy } from '../../ui/chart/rows.ts'
import { PERCENTILES, STATUS_COLOURS } from '../../ui/chart/series.ts'
import { Loaded } from '../../ui/panel.tsx'
import type { Rows } from './use-overview.ts'

/** The charts of the overview, all over the same time. */
export function Charts({ byStatus, timeline }: { byStatus: Rows; timeline: Rows }) {
  const calls = useCallFilters()
  const openTraces = useOpenTraces()
  const onOpen = (from: number, to: number) => openTraces(calls, from, to)
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Loaded query={byStatus} skeleton={<ChartSkeleton className="lg:col-span-2" />}>
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
              onOpen={onOpen}
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
          const shared = { starts, window, onOpen }
          return (
            <>
              <ChartPanel
                {...shared}
                title="Latency"
                unit="ms"
                format={measureWords('durationP50').axis}
                series={[
                  { label: 'p50', values: columns.durationP50, ...PERCENTILES.p50 },
                  { label: 'p95', values: columns.durationP95, ...PERCENTILES.p95 },
                  { label: 'p99', values: columns.durationP99, ...PERCENTILES.p99 },
                ]}
              />
              <ChartPanel
                {...shared}
                title="First token"
                unit="ms"
                format={measureWords('durationP50').axis}
                series={[
                  { label: 'p50', values: columns.firstTokenP50, ...PERCENTILES.p50 },
                  { label: 'p95', values: columns.firstTokenP95, ...PERCENTILES.p95 },
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

const TimelineSkeleton = () => (
  <>
    <ChartSkeleton />
    <ChartSkeleton />
    <ChartSkeleton />
    <ChartSkeleton />
  </>
)
