import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type CSSProperties, memo, type PointerEvent, type ReactNode, type RefObject, useEffect } from 'react'
import { classNames } from '../lib/class-names.ts'

export type GridColumn<R> = {
  id: string
  title: string
  tip?: string
  width: number
  /** Takes a share of the room that is left. */
  grows?: boolean
  align?: 'right'
  /** The name that the list is sorted by; a column without one cannot be. */
  sort?: string
  cell: (row: R) => ReactNode
}

type Props<R> = {
  label: string
  /** Distinguishes the rows of this grid from those of another on the page. */
  name: string
  rows: readonly R[]
  rowKey: (row: R) => string
  columns: readonly GridColumn<R>[]
  widths: Record<string, number>
  onWidth: (column: string, width: number) => void
  /** `-costUsd`: the name of a sort, with `-` for the largest first. */
  order: string
  onOrder: (name: string) => void
  active: number
  open: string | undefined
  onOpen: (row: R, at: number) => void
  onNearEnd: () => void
  hasMore: boolean
  scroller: RefObject<HTMLDivElement | null>
  /** Where the list stood when it was last seen. */
  initialOffset: number
  faded: boolean
  onScroll: (top: number) => void
}

const ROW = 32

/** A long list of rows that open something: only those in sight are there. */
export function RowGrid<R>(props: Props<R>) {
  const { label, name, rows, rowKey, columns, widths, active, open, scroller, initialOffset, onNearEnd, hasMore } = props
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialOffset,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last > rows.length - 30) onNearEnd()
  }, [last, rows.length, hasMore, onNearEnd])
  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active, { align: 'auto' })
  }, [active, virtual])
  const template = `16px ${columns.map((column) => trackOf(column, widths[column.id])).join(' ')} 16px`
  const least = 32 + columns.reduce((sum, column) => sum + (widths[column.id] ?? column.width), 0)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that come and go.
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onScroll={(event) => props.onScroll(event.currentTarget.scrollTop)}
      aria-activedescendant={active >= 0 ? `${name}-row-${active}` : undefined}
      className={classNames(
        'h-full overflow-auto outline-none transition-opacity focus-visible:outline-2 focus-visible:-outline-offset-2',
        props.faded && 'opacity-60',
      )}
    >
      <div style={{ '--columns': template, minWidth: least } as CSSProperties}>
        <Head {...props} />
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            return (
              row !== undefined && (
                <Row
                  key={rowKey(row)}
                  id={`${name}-row-${item.index}`}
                  row={row as unknown}
                  at={item.index}
                  top={item.start}
                  columns={columns as readonly GridColumn<unknown>[]}
                  active={item.index === active}
                  open={rowKey(row) === open}
                  onOpen={props.onOpen as (row: unknown, at: number) => void}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

const trackOf = ({ width, grows }: { width: number; grows?: boolean }, chosen: number | undefined): string =>
  chosen !== undefined ? `${chosen}px` : grows ? `minmax(${width}px, 1fr)` : `${width}px`

function Head<R>({ columns, order, onOrder, onWidth }: Props<R>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid h-8 grid-cols-(--columns) items-center border-b border-line bg-surface-1"
    >
      <span aria-hidden />
      {columns.map(({ id, title, tip, align, width, sort }) => {
        const direction = sort === undefined ? undefined : order === `-${sort}` ? 'descending' : order === sort ? 'ascending' : 'none'
        const Arrow = direction === 'ascending' ? ArrowUp : ArrowDown
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above.
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          <div
            key={id}
            role="columnheader"
            aria-sort={direction}
            {...(tip && { 'data-tip': tip })}
            className={classNames(
              'relative flex h-full min-w-0 items-center px-2 text-sm font-medium text-faint',
              align === 'right' && 'justify-end',
            )}
          >
            {sort === undefined ? (
              <span className="truncate">{title}</span>
            ) : (
              <button
                type="button"
                onClick={() => onOrder(sort)}
                className={classNames('flex h-full min-w-0 items-center gap-0.5 hover:text-text', direction !== 'none' && 'text-text')}
              >
                <span className="truncate">{title}</span>
                {direction !== 'none' && <Arrow size={12} className="shrink-0" aria-hidden />}
              </button>
            )}
            <span
              aria-hidden
              onPointerDown={(event) => resize(event, (next) => onWidth(id, next))}
              onDoubleClick={() => onWidth(id, width)}
              className="absolute top-1.5 right-0 bottom-1.5 w-[5px] cursor-col-resize border-r border-transparent hover:border-line-strong"
            />
          </div>
        )
      })}
    </div>
  )
}

type RowProps = {
  id: string
  row: unknown
  at: number
  top: number
  columns: readonly GridColumn<unknown>[]
  active: boolean
  open: boolean
  onOpen: (row: unknown, at: number) => void
}
const Row = memo(function Row({ id, row, at, top, columns, active, open, onOpen }: RowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens the active row.
    <div
      id={id}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={open}
      onClick={(event) => {
        // What has a meaning of its own is not a press on the row.
        const pressed = event.target instanceof Element && event.target.closest('a, button') !== null
        if (!(pressed || event.metaKey || event.ctrlKey)) onOpen(row, at)
      }}
      style={{ transform: `translateY(${top}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 grid h-8 grid-cols-(--columns) items-center border-b border-line',
        open || active ? 'bg-surface-2' : 'hover:bg-surface-0',
        active && 'shadow-[inset_2px_0_0_var(--accent)]',
      )}
    >
      <span aria-hidden />
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above.
        // biome-ignore lint/a11y/useFocusableInteractive: as above.
        <div
          key={column.id}
          role="gridcell"
          className={classNames('flex min-w-0 items-center px-2 whitespace-nowrap', column.align === 'right' && 'tabular justify-end')}
        >
          {column.cell(row)}
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
