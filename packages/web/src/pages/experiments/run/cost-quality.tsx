import type { ExperimentReport } from '@signalbox/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { formatUsd } from '../../../lib/format-money.ts'
import { ChartFrame, ValuesTable } from '../../../ui/chart/chart-frame.tsx'
import { seriesLook } from '../../../ui/chart/series.ts'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { readingOf, scoreText } from '../words/score-words.ts'
import { metricTitle, PASS } from '../words/verdict-words.ts'

const Scatter = lazy(() => import('../charts/scatter.tsx'))
const HEIGHT = 260
const TITLE = 'Quality for its cost'

/** Score against cost per call: what stands on the dashed line is beaten by nothing that is cheaper. */
export function CostQuality({ report, baseline }: { report: ExperimentReport; baseline: string | undefined }) {
  const navigate = useNavigate({ from: '/p/$project/experiments/$id' })
  const { metric: asked } = useSearch({ from: '/p/$project/experiments/$id' })
  const names = [...new Set(report.metrics.filter(({ mean }) => mean !== null).map(({ metric }) => metric))]
  const metric = names.find((one) => one === asked) ?? names.find((one) => one === PASS) ?? names[0]
  const dots = report.variants.flatMap((variant, at) => {
    const score = report.metrics.find((one) => one.metric === metric && one.variant === variant)
    const calls = report.calls.find((one) => one.variant === variant)
    if (!score || score.mean === null || !calls || calls.costUsd === null || calls.calls === 0) return []
    return [
      {
        key: variant,
        name: variant,
        x: calls.costUsd / calls.calls,
        y: score.mean,
        low: score.ci?.low ?? null,
        high: score.ci?.high ?? null,
        colour: seriesLook(at).colour,
        isBaseline: variant === baseline,
      },
    ]
  })
  if (metric === undefined || dots.length === 0) return null
  const reading = readingOf(dots.map(({ y }) => y))
  const open = (variant: string) =>
    void navigate({ search: (before) => ({ ...before, tab: 'rows', variant, ...(variant === before.against && { against: undefined }) }) })
  const score = (value: number) => scoreText(value, reading)
  return (
    <ChartFrame
      title={TITLE}
      description="With 95 % intervals. What stands on the dashed line is beaten by nothing cheaper."
      height={HEIGHT}
      actions={
        names.length > 1 && (
          <NativeSelect
            label="Score"
            value={metric}
            choices={names.map((one) => ({ value: one, label: metricTitle(one) }))}
            onChange={(next) => void navigate({ search: (before) => ({ ...before, metric: next }), replace: true })}
            className="ml-1 w-44"
          />
        )
      }
      csv={() => ({
        header: ['variant', 'usd per call', metric, 'low', 'high'],
        rows: dots.map(({ name, x, y, low, high }) => [name, x, y, low, high]),
      })}
      table={() => (
        <ValuesTable
          title={TITLE}
          header={['Variant', 'USD/call', metricTitle(metric), 'from', 'to']}
          rows={dots.map(({ name, x, y, low, high }) => ({
            key: name,
            name,
            cells: [formatUsd(x, { bare: true }), score(y), low === null ? '–' : score(low), high === null ? '–' : score(high)],
            onOpen: () => open(name),
          }))}
        />
      )}
      chart={() => (
        <Suspense fallback={<Skeleton className="h-full" />}>
          <Scatter
            label={TITLE}
            dots={dots}
            height={HEIGHT - 16}
            xTitle="USD per call"
            yTitle={metricTitle(metric)}
            formatX={(value) => formatUsd(value)}
            formatY={score}
            onOpen={({ key }) => open(key)}
          />
        </Suspense>
      )}
    />
  )
}
