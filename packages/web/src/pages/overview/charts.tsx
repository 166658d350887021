import { DURATION_BUCKETS, type Filter } from '@signalbox/schema'
import { useCallFilters, useOpenTraces } from '../../data/calls.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCompact } from '../../lib/format-number.ts'
import { bucketFor } from '../../lib/time-range.ts'
import { ChartPanel, ChartSkeleton } from '../../ui/chart/chart-panel.tsx'
import { HeatPanel } from '../../ui/chart/heat-panel.tsx'
import { measureWords } from '../../ui/chart/measures.ts'
import { toColumns } from '../../ui/chart/rows.ts'
import { PERCENTILES } from '../../ui/chart/series.ts'
import { Loaded } from '../../ui/panel.tsx'
import { outcomesOf } from './outcomes.ts'
import type { Rows } from './use-overview.ts'

const HEAT_HEIGHT = 220

/** Opens the calls of a piece of time, narrowed down to what was pressed. */
function useOpenCalls() {
  const calls = useCallFilters()
  const open = useOpenTraces()
  return (from: number, to: number, more: readonly Filter[] = []) => open([...calls, ...more], from, to)
}

/** What became of the calls, how long they took, and where most of them lie. */
export function Charts({ outcomes, timeline }: { outcomes: Rows; timeline: Rows }) {
  const open = useOpenCalls()
  const axis = measureWords('durationP50').axis
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Loaded query={outcomes} skeleton={<ChartSkeleton className="lg:col-span-2" />}>
        {({ rows, window }) => {
          const { starts, series } = outcomesOf(rows, window)
          return (
            <ChartPanel
              title="Calls"
              unit="calls"
              className="lg:col-span-2"
              stacked
              starts={starts}
              window={window}
              onOpen={(from, to, outcome) => open(from, to, outcome === undefined ? [] : [{ field: 'outcome', op: 'eq', value: outcome }])}
              format={formatCompact}
              series={series}
            />
          )
        }}
      </Loaded>
      <Loaded
        query={timeline}
        skeleton={
          <>
            <ChartSkeleton />
            <ChartSkeleton />
          </>
        }
      >
        {({ rows, window }) => {
          const { starts, columns } = toColumns(rows, window, [
            'durationP50',
            'durationP95',
            'durationP99',
            'firstTokenP50',
            'firstTokenP95',
          ])
          const shared = { starts, window, unit: 'ms', format: axis, onOpen: open }
          return (
            <>
              <ChartPanel
                {...shared}
                onOpen={(from, to) => open(from, to)}
                title="Latency"
                series={[
                  { label: 'p50', values: columns.durationP50, ...PERCENTILES.p50 },
                  { label: 'p95', values: columns.durationP95, ...PERCENTILES.p95 },
                  { label: 'p99', values: columns.durationP99, ...PERCENTILES.p99 },
                ]}
              />
              <ChartPanel
                {...shared}
                onOpen={(from, to) => open(from, to, [{ field: 'firstTokenMs', op: 'exists' }])}
                title="First token"
                series={[
                  { label: 'p50', values: columns.firstTokenP50, ...PERCENTILES.p50 },
                  { label: 'p95', values: columns.firstTokenP95, ...PERCENTILES.p95 },
                ]}
              />
            </>
          )
        }}
      </Loaded>
      <Loaded query={outcomes} skeleton={<ChartSkeleton height={HEAT_HEIGHT} className="lg:col-span-2" />}>
        {({ rows, window }) => {
          const { starts, durations, counts } = outcomesOf(rows, window)
          const step = bucketFor(window).milliseconds
          return (
            <HeatPanel
              title="Durations"
              description="How many calls took how long, each row from the time beside it on; a press on a cell shows them"
              className="lg:col-span-2"
              height={HEAT_HEIGHT}
              starts={starts}
              step={step}
              window={window}
              rows={durations.map((from) => (from === 0 ? '0 ms' : axis(from)))}
              counts={counts}
              onOpen={({ at, row }) => {
                const from = durations[row] ?? 0
                const next = DURATION_BUCKETS.find((step) => step > from)
                const start = starts[at] ?? 0
                open(Math.max(start, window.from), Math.min(start + step, window.to), [
                  { field: 'durationMs', op: 'gte', value: from },
                  ...(next === undefined ? [] : [{ field: 'durationMs', op: 'lt' as const, value: next }]),
                ])
              }}
            />
          )
        }}
      </Loaded>
    </div>
  )
}

/** What the calls used. */
export function UseCharts({ timeline }: { timeline: Rows }) {
  const open = useOpenCalls()
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Loaded
        query={timeline}
        skeleton={
          <>
            <ChartSkeleton />
            <ChartSkeleton />
          </>
        }
      >
        {({ rows, window }) => {
          const { starts, columns } = toColumns(rows, window, ['inputTokens', 'outputTokens', 'costUsd'])
          const shared = { starts, window, stacked: true }
          return (
            <>
              <ChartPanel
                {...shared}
                title="Tokens"
                unit="tokens"
                format={formatCompact}
                onOpen={(from, to, part) =>
                  open(from, to, part === undefined ? [] : [{ field: part === 'in' ? 'inputTokens' : 'outputTokens', op: 'gt', value: 0 }])
                }
                series={[
                  { label: 'in', colour: 'mark-1', values: columns.inputTokens },
                  { label: 'out', colour: 'mark-2', values: columns.outputTokens },
                ]}
              />
              <ChartPanel
                {...shared}
                title="Cost"
                unit="USD"
                format={formatUsd}
                onOpen={(from, to) => open(from, to, [{ field: 'cost', op: 'gt', value: 0 }])}
                series={[{ label: 'cost', colour: 'mark-1', values: columns.costUsd }]}
              />
            </>
          )
        }}
      </Loaded>
    </div>
  )
}
