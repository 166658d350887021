import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight, CircleAlert, Unlink } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { isFailure, type VisibleNode } from '../../lib/span-tree.ts'
import { endOf } from '../../lib/timeline-layout.ts'
import { Status } from '../../ui/badge.tsx'
import { SpanKindIcon } from './span-kind.tsx'
import type { TraceView } from './use-trace-view.ts'

const ROW = 28
const INDENT = 14
/** Deeper steps are not moved further right, or their names would be gone. */
const DEEPEST = 16

/** The steps of a trace with when they ran: only the rows in sight are there. */
export function SpanRows({ view, now, onSelect }: { view: TraceView; now: number; onSelect: (spanId: string) => void }) {
  const { rows, at, tree, fold, chosen } = view
  const total = tree.running ? Math.max(tree.duration, now) : tree.duration
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 16 })
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
  }, [at, virtual])
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="Spans"
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `span-${chosen}` : undefined}
      className="@container min-h-0 flex-1 overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
    >
      {rows.length === 0 && <p className="px-4 py-3 text-faint">No span matches.</p>}
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          return (
            row && (
              <SpanRow
                key={row.node.span.spanId}
                row={row}
                top={item.start}
                total={total}
                now={row.node.span.status === 'running' ? now : 0}
                chosen={row.node.span.spanId === chosen}
                onSelect={onSelect}
                onFold={fold}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

type RowProps = {
  row: VisibleNode
  top: number
  /** Microseconds of the whole trace. */
  total: number
  /** Of a span that runs: microseconds since the trace began. */
  now: number
  chosen: boolean
  onSelect: (spanId: string) => void
  onFold: (spanId: string, closed: boolean) => void
}

const SpanRow = memo(function SpanRow({ row: { node, expanded }, top, total, now, chosen, onSelect, onFold }: RowProps) {
  const { span, depth, children } = node
  const failedBelow = node.failed && !isFailure(span)
  const duration = endOf(node, now) - node.offset
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys move through the tree.
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and points here.
    <div
      id={`span-${span.spanId}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={chosen}
      {...(children.length > 0 && { 'aria-expanded': expanded })}
      onClick={() => onSelect(span.spanId)}
      style={{ transform: `translateY(${top}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 flex h-7 items-center gap-2 pr-4 pl-2',
        chosen ? 'bg-surface-2 shadow-[inset_2px_0_0_var(--accent)]' : 'hover:bg-surface-0',
      )}
    >
      <div className="flex min-w-0 flex-1 items-center gap-1.5" style={{ paddingLeft: Math.min(depth, DEEPEST) * INDENT }}>
        {children.length > 0 ? (
          // biome-ignore lint/a11y/useKeyWithClickEvents: → and ← fold and unfold.
          // biome-ignore lint/a11y/noStaticElementInteractions: part of the tree item, not a control of its own.
          <span
            data-tip={expanded ? 'Fold  ←' : `Unfold ${plural(node.descendants, 'span')}  →`}
            onClick={(event) => {
              event.stopPropagation()
              onFold(span.spanId, expanded)
            }}
            className="flex size-5 shrink-0 items-center justify-center rounded-sm text-faint hover:bg-line hover:text-text"
          >
            <ChevronRight size={13} className={expanded ? 'rotate-90' : ''} aria-hidden />
          </span>
        ) : (
          <span className="w-5 shrink-0" />
        )}
        <SpanKindIcon kind={span.kind} />
        <span className="truncate">{span.name || 'unnamed'}</span>
        {span.status !== 'ok' && <Status status={span.status} tip={span.statusMessage} />}
        {failedBelow && !expanded && (
          <span data-tip="A step below this one failed" className="text-error">
            <CircleAlert size={12} aria-hidden />
            <span className="sr-only">a step below failed</span>
          </span>
        )}
        {!expanded && children.length > 0 && <span className="tabular text-faint">+{node.descendants}</span>}
        {node.orphan && (
          <span data-tip="Its parent has not arrived" className="shrink-0 text-warning">
            <Unlink size={12} aria-hidden />
            <span className="sr-only">its parent has not arrived</span>
          </span>
        )}
      </div>
      {span.costUsd !== null && span.kind === 'llm' && (
        <span className="tabular hidden w-20 shrink-0 text-right text-faint @xl:block">{formatUsd(span.costUsd)}</span>
      )}
      <span className="tabular w-16 shrink-0 text-right text-soft">{formatDuration(duration / 1000)}</span>
      <Bar offset={node.offset} duration={duration} total={total} status={span.status} kind={span.kind} firstTokenMs={span.firstTokenMs} />
    </div>
  )
})

type BarProps = { offset: number; duration: number; total: number; status: string; kind: string; firstTokenMs: number | null }
/** When a step ran; for a streamed call the paler part is the wait for the first token. */
function Bar({ offset, duration, total, status, kind, firstTokenMs }: BarProps) {
  const share = (value: number) => (total > 0 ? Math.min(100, (value / total) * 100) : 0)
  const running = status === 'running'
  const colour =
    status === 'error' ? 'bg-mark-error' : status !== 'ok' && !running ? 'bg-mark-warning' : kind === 'llm' ? 'bg-mark-1' : 'bg-mark-3'
  const wait = firstTokenMs !== null && !running && duration > 0 ? Math.min(100, ((firstTokenMs * 1000) / duration) * 100) : 0
  return (
    <span className="relative h-2.5 w-[30%] shrink-0 @xl:w-[34%]" aria-hidden>
      <span
        className={classNames('absolute top-0 flex h-full min-w-[3px] overflow-hidden rounded-[2px]', colour, running && 'running')}
        style={{ left: `${Math.min(share(offset), 99.4)}%`, width: `${total > 0 ? share(duration) : 100}%` }}
      >
        {wait > 2 && <span className="h-full bg-surface-1 opacity-55" style={{ width: `${wait}%` }} />}
      </span>
    </span>
  )
}
