import type { Output } from '@signalbox/sdk'
import { ChevronsDownUp, ChevronsUpDown, CircleAlert, Search } from 'lucide-react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { classNames } from '../../lib/class-names.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { SpanDetailPane } from './span-detail-pane.tsx'
import { SpanRows } from './span-rows.tsx'
import { useTraceView } from './use-trace-view.ts'

type Props = {
  project: string
  data: Output<'traces.get'>
  selected: string | undefined
  onSelect: (spanId: string) => void
  /** Beside each other on a page of their own, below each other in the panel. */
  wide: boolean
}

/** The steps of a trace and the one that is chosen. */
export function TraceBody({ project, data, selected, onSelect, wide: page }: Props) {
  const wide = page && data.spans.length > 1
  const view = useTraceView({ spans: data.spans, selected, onSelect })
  useShortcuts({ ...view.arrows, ...(page && { j: view.arrows.arrowdown, k: view.arrows.arrowup }), e: view.nextError })
  const span = data.spans.find((one) => one.spanId === view.chosen)
  const many = data.spans.length > 8
  const errors = data.spans.filter((one) => one.status !== 'ok').length
  return (
    <div className={classNames('flex min-h-0 flex-1', wide ? 'flex-row' : 'flex-col')}>
      <div
        className={classNames('flex min-h-0 min-w-0 flex-col', wide ? 'w-[46%] border-r border-line' : 'shrink-0 border-b border-line')}
        style={wide ? undefined : { height: `min(42%, ${data.spans.length * 28 + (many ? 66 : 29)}px)` }}
      >
        {many && (
          <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line px-3">
            <Search size={13} className="text-faint" aria-hidden />
            <input
              aria-label="Find a span"
              placeholder="Find a span by name, kind, model or id"
              value={view.text}
              onChange={(event) => view.setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return
                event.preventDefault()
                view.setText('')
                event.currentTarget.blur()
              }}
              className="h-7 min-w-0 flex-1 rounded-sm bg-transparent px-1.5 placeholder:text-faint"
            />
            <span role="status" className="tabular px-1 text-faint">
              {view.text ? `${formatCount(view.rows.length)} / ${formatCount(data.spans.length)}` : plural(data.spans.length, 'span')}
            </span>
            {errors > 0 && (
              <Button
                kind="bare"
                size="small"
                onClick={view.nextError}
                data-tip="Next failure  e"
                className="border-transparent text-error hover:bg-error-soft"
              >
                <CircleAlert size={13} aria-hidden /> {formatCount(errors)}
              </Button>
            )}
            <IconButton
              label={view.folded ? 'Unfold all' : 'Fold all'}
              size="small-icon"
              onClick={view.folded ? view.unfoldAll : view.foldAll}
            >
              {view.folded ? <ChevronsUpDown size={14} /> : <ChevronsDownUp size={14} />}
            </IconButton>
          </div>
        )}
        <div className="@container shrink-0 border-b border-line">
          <div className="flex h-7 items-center gap-2 pr-4 pl-4 text-sm text-faint">
            <span className="flex-1">Span</span>
            <span className="w-16 text-right">Duration</span>
            <span className="tabular flex w-[30%] justify-between @xl:w-[34%]">
              <span>0</span>
              <span className="hidden @lg:inline">{formatDuration(view.tree.duration / 2000)}</span>
              <span>{formatDuration(view.tree.duration / 1000)}</span>
            </span>
          </div>
        </div>
        <SpanRows view={view} onSelect={onSelect} />
      </div>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ErrorBoundary resetKey={view.chosen}>{span && <SpanDetailPane key={span.spanId} project={project} span={span} />}</ErrorBoundary>
      </div>
    </div>
  )
}
