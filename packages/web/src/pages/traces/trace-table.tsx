import type { Trace, TraceSort } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type CSSProperties, memo, type PointerEvent, type RefObject, useEffect } from 'react'
import { useProject } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import type { TraceColumn } from './columns.tsx'
import { directionOf, nextOrder } from './trace-order.ts'

const ROW = 32
/** The column of the boxes, which brings the first words in line with the title. */
const EDGE = 48
/** As wide as what stands above it. */
const END = 16

type Props = {
  traces: Trace[]
  columns: TraceColumn[]
  widths: Record<string, number>
  onWidth: (column: string, width: number) => void
  order: TraceSort
  onOrder: (order: TraceSort) => void
  active: number
  onActive: (at: number) => void
  open: string | undefined
  onOpen: (trace: Trace) => void
  selected: ReadonlySet<string>
  onSelect: (traceId: string, on: boolean) => void
  onSelectAll: (on: boolean) => void
  onNearEnd: () => void
  scroller: RefObject<HTMLDivElement | null>
  /** Where the list stood when it was last seen. */
  initialOffset: number
  faded: boolean
  hasMore: boolean
}

/** The list itself: only the rows in sight are there. */
export function TraceTable(props: Props) {
  const { traces, columns, widths, active, scroller, initialOffset, onNearEnd, hasMore } = props
  const rows = useVirtualizer({
    count: traces.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialOffset,
  })
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last > traces.length - 30) onNearEnd()
  }, [last, traces.length, hasMore, onNearEnd])
  useEffect(() => {
    if (active >= 0) rows.scrollToIndex(active, { align: 'auto' })
  }, [active, rows])

  const template = `${EDGE}px ${columns.map((column) => trackOf(column, widths[column.id])).join(' ')} ${END}px`
  const least = EDGE + END + columns.reduce((sum, column) => sum + (widths[column.id] ?? column.width), 0)
  const style = { '--columns': template, minWidth: least } as CSSProperties
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that come and go.
    <div
      ref={scroller}
      role="grid"
      aria-label="Traces"
      aria-rowcount={traces.length + 1}
      tabIndex={0}
      aria-activedescendant={active >= 0 ? `trace-row-${active}` : undefined}
      className={classNames(
        'h-full overflow-auto outline-none transition-opacity focus-visible:outline-2 focus-visible:-outline-offset-2',
        props.faded && 'opacity-60',
      )}
    >
      <div style={style}>
        <Header {...props} />
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {items.map((item) => {
            const trace = traces[item.index]
            return (
              trace && (
                <Row
                  key={trace.traceId}
                  trace={trace}
                  at={item.index}
                  top={item.start}
                  columns={columns}
                  active={item.index === active}
                  open={trace.traceId === props.open}
                  selected={props.selected.has(trace.traceId)}
                  onActive={props.onActive}
                  onOpen={props.onOpen}
                  onSelect={props.onSelect}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

const trackOf = (column: TraceColumn, width: number | undefined): string =>
  width !== undefined ? `${width}px` : column.grows ? `minmax(${column.width}px, 1fr)` : `${column.width}px`

function Header({ columns, traces, selected, order, onOrder, onSelectAll, onWidth }: Props) {
  const all = traces.length > 0 && selected.size >= traces.length
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid h-8 grid-cols-(--columns) items-center border-b border-line bg-surface-1"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
      <div role="columnheader" className="flex pl-6">
        <Checkbox label="Select all loaded traces" checked={all} indeterminate={selected.size > 0 && !all} onChange={onSelectAll} />
      </div>
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above.
        // biome-ignore lint/a11y/useFocusableInteractive: as above.
        <div
          key={column.id}
          role="columnheader"
          aria-sort={directionOf(column.id, order)}
          className={classNames(
            'relative flex h-full items-center px-2 text-sm font-medium text-faint',
            column.align === 'right' && 'justify-end',
          )}
        >
          <ColumnTitle column={column} order={order} onOrder={onOrder} />
          <span
            aria-hidden
            onPointerDown={(event) => resize(event, (width) => onWidth(column.id, width))}
            onDoubleClick={() => onWidth(column.id, column.width)}
            className="absolute top-1.5 right-0 bottom-1.5 w-[5px] cursor-col-resize border-r border-transparent hover:border-line-strong"
          />
        </div>
      ))}
    </div>
  )
}

/** The name of a column; where the list can be sorted by it, a button that does. */
function ColumnTitle({ column, order, onOrder }: { column: TraceColumn } & Pick<Props, 'order' | 'onOrder'>) {
  const direction = directionOf(column.id, order)
  if (direction === undefined) return <span className="truncate">{column.title}</span>
  const Arrow = direction === 'ascending' ? ArrowUp : ArrowDown
  return (
    <button
      type="button"
      onClick={() => onOrder(nextOrder(column.id, order))}
      className={classNames('flex h-full min-w-0 items-center gap-0.5 hover:text-text', direction !== 'none' && 'text-text')}
    >
      <span className="truncate">{column.title}</span>
      {direction !== 'none' && <Arrow size={12} className="shrink-0" aria-hidden />}
    </button>
  )
}

type RowProps = {
  trace: Trace
  at: number
  top: number
  columns: TraceColumn[]
  active: boolean
  open: boolean
  selected: boolean
  onActive: (at: number) => void
  onOpen: (trace: Trace) => void
  onSelect: (traceId: string, on: boolean) => void
}

const Row = memo(function Row({ trace, at, top, columns, active, open, selected, onActive, onOpen, onSelect }: RowProps) {
  const project = useProject()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens the active row.
    <div
      id={`trace-row-${at}`}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={selected}
      onClick={(event) => {
        onActive(at)
        if (!(event.metaKey || event.ctrlKey)) onOpen(trace)
      }}
      style={{ transform: `translateY(${top}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 grid h-8 grid-cols-(--columns) items-center border-b border-line',
        open || active ? 'bg-surface-2' : selected ? 'bg-accent-soft' : 'hover:bg-surface-0',
        active && 'shadow-[inset_2px_0_0_var(--accent)]',
      )}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: x selects the active row. */}
      <div role="gridcell" className="flex h-full items-center pl-6" onClick={(event) => event.stopPropagation()}>
        <Checkbox label={`Select ${trace.name}`} checked={selected} onChange={(on) => onSelect(trace.traceId, on)} tabIndex={-1} />
      </div>
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above.
        // biome-ignore lint/a11y/useFocusableInteractive: as above.
        <div
          key={column.id}
          role="gridcell"
          className={classNames('flex min-w-0 items-center px-2 whitespace-nowrap', column.align === 'right' && 'tabular justify-end')}
        >
          {column.id === 'name' ? (
            <Link
              to="/p/$project/traces/$traceId"
              params={{ project, traceId: trace.traceId }}
              preload={false}
              tabIndex={-1}
              className="min-w-0 truncate"
              onClick={(event) => {
                if (!(event.metaKey || event.ctrlKey || event.shiftKey)) event.preventDefault()
              }}
            >
              {column.cell(trace)}
            </Link>
          ) : (
            column.cell(trace)
          )}
        </div>
      ))}
    </div>
  )
})

/** Follows the pointer from the edge of a column until it is let go. */
function resize(event: PointerEvent<HTMLElement>, onWidth: (width: number) => void) {
  const cell = event.currentTarget.parentElement
  if (!cell) return
  event.preventDefault()
  const start = event.clientX
  const before = cell.getBoundingClientRect().width
  const move = (moved: globalThis.PointerEvent) => onWidth(Math.round(Math.min(800, Math.max(48, before + moved.clientX - start))))
  const end = () => {
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', end)
  }
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', end)
}
