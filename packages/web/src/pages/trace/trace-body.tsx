import type { Output } from '@signalbox/sdk'
import { lazy, Suspense } from 'react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { classNames } from '../../lib/class-names.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { isFailure } from '../../lib/span-tree.ts'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { SpanDetailPane } from './span-detail-pane.tsx'
import { groupOf, isInGroup } from './span-group.ts'
import { SpanRows } from './span-rows.tsx'
import { TraceToolbar } from './trace-toolbar.tsx'
import { useClock } from './use-clock.ts'
import { useLook } from './use-look.ts'
import { type TraceView, useTraceView } from './use-trace-view.ts'

const Timeline = lazy(() => import('./timeline/timeline.tsx'))
const Graph = lazy(() => import('./graph/graph.tsx'))

type Props = {
  project: string
  data: Output<'traces.outline'>
  selected: string | undefined
  onSelect: (spanId: string) => void
  /** Beside each other on a page of their own, below each other in the panel. */
  wide: boolean
}

/** The steps of a trace and the one that is chosen. */
export function TraceBody({ project, data, selected, onSelect, wide: page }: Props) {
  const many = data.spans.length > 1
  const wide = page && many
  const look = useLook()
  const view = useTraceView({ spans: data.spans, selected, group: look.group, onSelect })
  const now = useClock(view.tree.running) - view.tree.start
  useShortcuts({
    ...view.arrows,
    ...(page && { j: view.arrows.arrowdown, k: view.arrows.arrowup }),
    e: view.nextError,
    ...(many && { 1: () => look.setShape('tree'), 2: () => look.setShape('timeline'), 3: () => look.setShape('graph') }),
  })
  const span = data.spans.find((one) => one.spanId === view.chosen)
  const shape = many ? look.shape : 'tree'
  return (
    <div className={classNames('flex min-h-0 flex-1', wide ? 'flex-row' : 'flex-col')}>
      <div
        className={classNames(
          '@container flex min-h-0 min-w-0 flex-col',
          wide ? `border-r border-line ${shape === 'tree' ? 'w-[46%]' : 'w-[58%]'}` : 'shrink-0 border-b border-line',
        )}
        style={wide ? undefined : { height: shape === 'tree' ? `min(42%, ${data.spans.length * 28 + (many ? 66 : 29)}px)` : '48%' }}
      >
        {many && (
          <TraceToolbar
            view={view}
            look={look}
            count={data.spans.length}
            total={data.trace.spanCount}
            errors={data.spans.filter(isFailure).length}
          />
        )}
        <ErrorBoundary resetKey={shape}>
          <Suspense fallback={<SkeletonRows rows={6} />}>
            {shape === 'timeline' ? (
              <Timeline view={view} now={now} group={look.group} onSelect={onSelect} />
            ) : shape === 'graph' ? (
              <Graph view={view} look={look} now={now} onSelect={onSelect} />
            ) : (
              <>
                <RowsHead view={view} now={now} />
                <SpanRows view={view} now={now} onSelect={onSelect} />
              </>
            )}
          </Suspense>
        </ErrorBoundary>
      </div>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ErrorBoundary resetKey={view.chosen}>
          {span && (
            <SpanDetailPane
              key={span.spanId}
              project={project}
              traceId={data.trace.traceId}
              span={span}
              look={look}
              twins={data.spans.filter((one) => isInGroup(one, groupOf(span))).length}
            />
          )}
        </ErrorBoundary>
      </div>
    </div>
  )
}

/** What stands in the columns of the tree. */
function RowsHead({ view: { tree }, now }: { view: TraceView; now: number }) {
  const total = tree.running ? Math.max(tree.duration, now) : tree.duration
  return (
    <div className="@container shrink-0 border-b border-line">
      <div className="flex h-7 items-center gap-2 pr-4 pl-4 text-sm text-faint">
        <span className="flex-1">Span</span>
        <span className="w-16 text-right">Duration</span>
        <span className="tabular flex w-[30%] justify-between @xl:w-[34%]">
          <span>0</span>
          <span className="hidden @lg:inline">{formatDuration(total / 2000)}</span>
          <span>{formatDuration(total / 1000)}</span>
        </span>
      </div>
    </div>
  )
}
