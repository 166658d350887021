import type { ExperimentSummary } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { Pin } from 'lucide-react'
import { isUnderWay } from '../../../data/experiments.ts'
import { formatCount } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import type { GridColumn } from '../../../ui/row-grid.tsx'
import { Ago, Money } from '../../../ui/values.tsx'
import { ExperimentStateBadge, GateBadge, ProgressBar } from '../experiment-state.tsx'
import { readingOf, scoreText } from '../words/score-words.ts'

const NONE = <span className="text-faint">–</span>

/** Of an experiment in the list. */
export const experimentColumns = (project: string): GridColumn<ExperimentSummary>[] => [
  {
    id: 'name',
    title: 'Name',
    width: 190,
    grows: true,
    cell: ({ id, name, pinned }) => (
      <span className="flex min-w-0 items-center gap-1.5">
        <Link
          to="/p/$project/experiments/$id"
          params={{ project, id }}
          data-opens-row
          className="truncate font-medium hover:text-accent hover:underline"
        >
          {name}
        </Link>
        {pinned.length > 0 && (
          <span data-tip={`The baseline of ${pinned.map((one) => `${one.name} (${one.variant})`).join(', ')}`} className="text-faint">
            <Pin size={12} aria-hidden />
            <span className="sr-only">baseline</span>
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'state',
    title: 'State',
    width: 190,
    cell: (one) => (
      <span className="flex min-w-0 items-center gap-2">
        <ExperimentStateBadge experiment={one} />
        {one.state !== 'done' && <ProgressBar progress={one.progress} />}
      </span>
    ),
  },
  {
    id: 'verdict',
    title: 'Gate',
    tip: 'What the gate says: whether a variant may take the place of the baseline',
    width: 124,
    cell: ({ gate }) => (gate === null ? NONE : <GateBadge outcome={gate} />),
  },
  {
    id: 'passed',
    title: 'Rows that pass',
    tip: 'By variant',
    width: 160,
    cell: (one) => <Passed experiment={one} />,
  },
  {
    id: 'dataset',
    title: 'Dataset',
    width: 170,
    cell: ({ dataset }) => (
      <span className="truncate" data-tip={`${formatCount(dataset.rows)} rows`}>
        {dataset.name}
        <span className="text-faint">{dataset.version === null ? ' (a file)' : ` v${dataset.version}`}</span>
      </span>
    ),
  },
  {
    id: 'rows',
    title: 'Calls',
    tip: 'Items × variants × repeats',
    width: 72,
    align: 'right',
    cell: ({ progress }) => formatCount(progress.total),
  },
  {
    id: 'cost',
    title: 'Cost (USD)',
    width: 92,
    align: 'right',
    cell: ({ progress: { taskCostUsd, judgeCostUsd } }) => (
      <Money usd={taskCostUsd === null ? null : taskCostUsd + judgeCostUsd} bare reason="No price is known for a model of it" />
    ),
  },
  {
    id: 'at',
    title: 'Begun',
    width: 92,
    align: 'right',
    cell: (one) =>
      isUnderWay(one) && one.progress.etaSeconds !== null ? (
        <span className="text-soft" data-tip="By how fast it went so far">
          {formatDuration(one.progress.etaSeconds * 1000)} left
        </span>
      ) : (
        <span className="text-soft">
          <Ago time={one.startedAt ?? one.createdAt} />
        </span>
      ),
  },
]

/** `92% → 81%` of two variants; of more the best and how many. */
function Passed({ experiment: { metrics, variants } }: { experiment: ExperimentSummary }) {
  const found = variants.flatMap((variant) => {
    const one = metrics.find(({ metric, variant: of }) => metric === 'pass' && of === variant)
    return one && one.mean !== null ? [{ variant, mean: one.mean }] : []
  })
  if (found.length === 0) return NONE
  const reading = readingOf(found.map(({ mean }) => mean))
  const shown = found.length <= 3 ? found : [found.reduce((best, one) => (one.mean > best.mean ? one : best))]
  return (
    <span className="tabular truncate" data-tip={found.map(({ variant, mean }) => `${variant}: ${scoreText(mean, reading)}`).join('\n')}>
      {found.length > 3 && <span className="text-faint">best of {found.length} </span>}
      {shown.map(({ mean }) => (reading === 'share' ? `${Math.round(mean * 100)}%` : scoreText(mean, reading))).join(' · ')}
    </span>
  )
}
