import type { Filter, Output } from '@signalbox/schema'
import { useNavigate } from '@tanstack/react-router'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCompact } from '../../lib/format-number.ts'
import { bucketStarts } from '../../lib/time-range.ts'
import { ChartPanel } from '../../ui/chart/chart-panel.tsx'

export type OneUser = Output<'users.get'> & { window: { from: number; to: number } }

/** What a user used over time. An empty bucket is 0, for a cost as well: nothing was called. */
export function UserCharts({ data: { times, window }, userId }: { data: OneUser; userId: string }) {
  const project = useProject()
  const navigate = useNavigate()
  const starts = bucketStarts(window)
  const known = new Map(times.map((time) => [Date.parse(time.at), time]))
  const column = (of: (time: OneUser['times'][number]) => number | null) =>
    starts.map((start) => {
      const time = known.get(start)
      return time ? of(time) : 0
    })
  const mine: Filter = { field: 'userId', op: 'eq', value: userId }
  const onOpen = (from: number, to: number) =>
    navigate({
      to: '/p/$project/traces',
      params: { project },
      search: { filter: writeFilters([mine]), range: undefined, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    })
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <ChartPanel
        title="Cost"
        unit="USD"
        starts={starts}
        window={window}
        series={[{ label: 'cost', colour: 'mark-1', values: column(({ costUsd }) => (costUsd === null ? null : Number(costUsd))) }]}
        stacked
        format={(value) => formatUsd(value)}
        onOpen={onOpen}
      />
      <ChartPanel
        title="Calls"
        unit="calls"
        starts={starts}
        window={window}
        series={[
          { label: 'calls', colour: 'mark-1', values: column(({ calls }) => calls) },
          { label: 'traces with errors', colour: 'mark-error', dash: [6, 3], values: column(({ errors }) => errors) },
        ]}
        format={(value) => formatCompact(value)}
        onOpen={onOpen}
      />
    </div>
  )
}
