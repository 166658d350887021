import type { Filter, Mover } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { ArrowRight, TrendingDown, TrendingUp } from 'lucide-react'
import { useCallFilters } from '../../data/calls.ts'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useProject } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { fieldTitle, writeFilters } from '../../lib/filter-search.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCount, formatShare, plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { FAILED } from './headline.tsx'
import type { useMovers } from './use-overview.ts'

const TITLES: Record<Mover['dimension'], string> = {
  model: 'Model',
  requestModel: 'Route',
  keyId: 'Key',
  userId: 'User',
  errorType: 'Error',
}
const METRICS: Record<Mover['metric'], string> = { cost: 'cost', errors: 'errors', latency: 'latency p95' }

/** What changed most against the period before: each line a sentence, and a link to the calls behind its new number. */
export function Movers({ movers }: { movers: ReturnType<typeof useMovers> }) {
  return (
    <Panel title="Top movers" description="What changed most against the period before" className="h-[326px] overflow-hidden">
      <Loaded query={movers} skeleton={<SkeletonRows rows={8} />}>
        {({ movers, compared, fewest }) =>
          movers.length === 0 ? (
            <p className="px-3 py-4 text-faint">
              {compared
                ? `Nothing changed much. What has fewer than ${fewest.calls} calls is not compared: that may be chance.`
                : 'There were no calls in the period before, so there is nothing to compare with.'}
            </p>
          ) : (
            <ol>
              {movers.map((mover) => (
                <Line key={`${mover.dimension} ${mover.value} ${mover.metric}`} mover={mover} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Panel>
  )
}

function Line({ mover }: { mover: Mover }) {
  const project = useProject()
  const base = useCallFilters()
  const keyName = useKeyNames()
  const { dimension, value, metric, now, before, better, calls, callsBefore } = mover
  const Icon = (now ?? 0) > (before ?? 0) ? TrendingUp : TrendingDown
  return (
    <li className="relative flex h-8 items-center gap-2 border-b border-line px-3 last:border-b-0 hover:bg-surface-0">
      <Icon size={14} aria-hidden className={classNames('shrink-0', better ? 'text-ok' : 'text-warning')} />
      <span className="sr-only">{better ? 'better:' : 'worse:'}</span>
      <span className="shrink-0 text-faint" data-tip={fieldTitle(dimension)}>
        {TITLES[dimension]}
      </span>
      <Link
        to="/p/$project/traces"
        params={{ project }}
        search={{ filter: writeFilters([...base, { field: dimension, op: 'eq', value }, ...behind(mover)]) }}
        className="min-w-0 flex-1 truncate after:absolute after:inset-0 hover:text-accent"
      >
        {dimension === 'keyId' ? keyName(value) : value}
      </Link>
      <span
        className="tabular flex shrink-0 items-center gap-1"
        data-tip={`${plural(calls, 'call')}, ${formatCount(callsBefore)} in the period before`}
      >
        <span className="text-faint">{METRICS[metric]}</span> {show(mover, before)}
        <ArrowRight size={11} aria-hidden className="text-faint" />
        <span className={better ? 'text-ok' : 'text-warning'}>{show(mover, now)}</span>
      </span>
    </li>
  )
}

/** The calls that the new number is of. */
function behind({ dimension, metric, now }: Mover): Filter[] {
  if (dimension === 'errorType') return []
  if (metric === 'errors') return [FAILED]
  if (metric === 'latency') return [{ field: 'durationMs', op: 'gte', value: Math.floor(now ?? 0) }]
  return [{ field: 'cost', op: 'gt', value: 0 }]
}

function show({ metric, dimension }: Mover, value: number | null): string {
  if (metric === 'cost') return formatUsd(value)
  if (metric === 'latency') return formatDuration(value)
  return dimension === 'errorType' ? formatCount(value) : formatShare(value)
}
