import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CALLS } from '../../../data/calls.ts'
import { clientFor } from '../../../data/client.ts'
import { keys } from '../../../data/keys.ts'
import { useView } from '../../../data/view.ts'
import { formatUsd } from '../../../lib/format-money.ts'
import { formatCompact, formatShare, plural } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import { bucketFor, bucketStarts, resolveTimeRange } from '../../../lib/time-range.ts'
import { ChartPanel } from '../../../ui/chart/chart-panel.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { tracesOfPrompt } from '../prompt-links.tsx'
import { measuresOf, seriesOf, type Unit } from './version-series.ts'

const ROUTE = '/p/$project/prompts/$'
const UNITS: Record<Unit, { unit: string; format: (value: number) => string }> = {
  count: { unit: 'calls', format: formatCompact },
  usd: { unit: 'USD', format: (value) => formatUsd(value) },
  ms: { unit: 'ms', format: (value) => formatDuration(value) },
  percent: { unit: 'share', format: (value) => formatShare(value) },
  score: { unit: 'score', format: (value) => value.toPrecision(3) },
}

/** One measure of the versions of a prompt over time, each a line. A press leads to the traces behind it. Loaded when it is asked for. */
export default function VersionCharts({ name, scores }: { name: string; scores: readonly string[] }) {
  const navigate = useNavigate({ from: ROUTE })
  const { measure: asked } = useSearch({ from: ROUTE })
  const { project, range, rangeKey } = useView()
  const measures = measuresOf(scores)
  const chosen = measures.find(({ id }) => id === asked) ?? measures[0]
  const measure = chosen?.measure ?? 'calls'
  const unit = chosen?.unit ?? 'count'
  const query = useQuery({
    queryKey: [...keys.spans(project), 'prompt-versions', name, measure, rangeKey],
    queryFn: async ({ signal }) => {
      const window = resolveTimeRange(range, Date.now())
      const { rows } = await clientFor(project).query.run(
        {
          measures: [measure],
          dimensions: ['promptVersion'],
          filters: [CALLS, { field: 'promptName', op: 'eq', value: name }],
          from: new Date(window.from).toISOString(),
          to: new Date(window.to).toISOString(),
          bucket: bucketFor(window).bucket,
          limit: 10_000,
        },
        { signal },
      )
      return { rows, window, measure, unit }
    },
    placeholderData: keepPreviousData,
  })
  const shown = query.data ?? { rows: [], window: resolveTimeRange(range, Date.now()), measure, unit }
  const starts = bucketStarts(shown.window)
  const { series, left } = seriesOf(shown.rows, { starts, measure: shown.measure, unit: shown.unit })
  return (
    <ChartPanel
      title={`${chosen?.label ?? 'Calls'} by version`}
      description={
        query.error
          ? 'It could not be read. It is asked again with the next change.'
          : left > 0
            ? `The newest ${series.length} versions with calls; ${plural(left, 'older one')} not drawn.`
            : 'A press on the chart opens the traces of that time.'
      }
      unit={UNITS[shown.unit].unit}
      starts={starts}
      window={shown.window}
      series={series}
      format={UNITS[shown.unit].format}
      onOpen={(from, to, label) =>
        navigate({
          to: '/p/$project/traces',
          params: { project },
          search: {
            ...tracesOfPrompt(name, label ? Number(label.slice(1)) : null),
            range: undefined,
            from: new Date(from).toISOString(),
            to: new Date(to).toISOString(),
          },
        })
      }
      actions={
        <NativeSelect
          label="What is drawn"
          value={chosen?.id ?? 'calls'}
          choices={measures.map(({ id, label }) => ({ value: id, label }))}
          onChange={(next) =>
            navigate({ search: (before) => ({ ...before, measure: next === 'calls' ? undefined : next }), replace: true })
          }
          className="w-44"
        />
      }
    />
  )
}
