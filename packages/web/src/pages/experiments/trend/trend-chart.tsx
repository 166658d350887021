import type { Output } from '@signalbox/sdk'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useProject } from '../../../data/view.ts'
import { formatMoment } from '../../../lib/format-time.ts'
import { ChartFrame, ValuesTable } from '../../../ui/chart/chart-frame.tsx'
import { Legend } from '../../../ui/chart/legend.tsx'
import { seriesLook } from '../../../ui/chart/series.ts'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { readingOf, scoreText } from '../words/score-words.ts'
import { metricTitle } from '../words/verdict-words.ts'

const Trend = lazy(() => import('../charts/trend.tsx'))
type Point = Output<'experiments.trend'>['points'][number]
type Props = {
  metric: string
  /** Oldest first. */
  points: readonly Point[]
  /** Of the dataset, where that is known. */
  versionOf: (experimentId: string) => number | null
}

const HEIGHT = 240

/** One evaluator from run to run, a line per variant. Scores of two versions of an evaluator are two lines. */
export function TrendChart({ metric, points, versionOf }: Props) {
  const project = useProject()
  const navigate = useNavigate()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const versions = [...new Set(points.map(({ metricVersion }) => metricVersion))]
  const seriesOf = ({ variant, metricVersion }: Point): string =>
    versions.length > 1 ? `${variant} (evaluator ${metricVersion.slice(0, 6)})` : variant
  const names = [...new Set(points.map(seriesOf))]
  const series = names.map((label, at) => ({ label, ...seriesLook(at), values: [] }))
  const colours = new Map(
    series.filter(({ label }) => !hidden.has(label)).map(({ label, colour, dash }) => [label, { colour, ...(dash && { dash }) }]),
  )
  const reading = readingOf(points.flatMap(({ mean, low, high }) => [mean, low, high]))
  const format = (value: number) => scoreText(value, reading)
  const open = (experimentId: string, variant: string) =>
    void navigate({ to: '/p/$project/experiments/$id', params: { project, id: experimentId }, search: { variant } })
  const title = metricTitle(metric)
  const keyOf = (one: Point) => `${one.experimentId} ${one.variant} ${one.metricVersion}`
  return (
    <ChartFrame
      title={title}
      height={HEIGHT}
      legend={<Legend series={series} stacked={false} hidden={hidden} onChange={setHidden} />}
      csv={() => ({
        header: ['time', 'experiment', 'variant', 'evaluator version', 'dataset version', title, 'low', 'high', 'rows'],
        rows: points.map((one) => [
          one.at,
          one.name,
          one.variant,
          one.metricVersion,
          versionOf(one.experimentId),
          one.mean,
          one.low,
          one.high,
          one.n,
        ]),
      })}
      table={() => (
        <ValuesTable
          title={title}
          header={['Run', 'Variant', title, 'from', 'to', 'Rows']}
          rows={points.map((one) => ({
            key: keyOf(one),
            name: `${one.name}, ${formatMoment(one.at)}`,
            cells: [one.variant, format(one.mean), ...[one.low, one.high].map((end) => (end === null ? '–' : format(end))), String(one.n)],
            onOpen: () => open(one.experimentId, one.variant),
          }))}
        />
      )}
      chart={() => (
        <Suspense fallback={<Skeleton className="h-full" />}>
          <Trend
            label={title}
            points={points
              .filter((one) => colours.has(seriesOf(one)))
              .map((one) => ({
                key: keyOf(one),
                run: one.experimentId,
                title: one.name,
                variant: one.variant,
                series: seriesOf(one),
                at: formatMoment(one.at),
                day: new Date(one.at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' }),
                mean: one.mean,
                low: one.low,
                high: one.high,
                version: versionOf(one.experimentId),
              }))}
            colours={colours}
            height={HEIGHT - 16}
            format={format}
            onOpen={({ run, variant }) => open(run, variant)}
          />
        </Suspense>
      )}
    />
  )
}
