import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type CSSProperties, memo, type PointerEvent, type ReactNode, type RefObject, useEffect } from 'react'
import { classNames } from '../lib/class-names.ts'
import { Checkbox } from './checkbox.tsx'

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

/** Boxes before the rows. */
export type GridSelection<R> = {
  selected: ReadonlySet<string>
  onSelect: (key: string, on: boolean) => void
  onSelectAll: (on: boolean) => void
  /** Of the box in the head. */
  label: string
  labelOf: (row: R) => string
}

type Props<R> = {
  label: string
  /** Distinguishes the rows of this grid from those of another on the page. */
  name: string
  rows: readonly R[]
  rowKey: (row: R) => string
  columns: readonly GridColumn<R>[]
  /** Rows that say little are closer together. */
  dense?: boolean
  /** Where columns can be made wider and narrower. */
  widths?: Record<string, number>
  onWidth?: (column: string, width: number) => void
  /** `-costUsd`: the name of a sort, with `-` for the largest first. */
  order?: string
  onOrder?: (name: string) => void
  selection?: GridSelection<R>
  active: number
  /** What stands beside the list; absent where rows lead to pages of their own. */
  isOpen?: (row: R) => boolean
  onOpen: (row: R, at: number) => void
  /** Also of a press that opens another tab. */
  onActive?: (at: number) => void
  onNearEnd?: () => void
  hasMore?: boolean
  scroller: RefObject<HTMLDivElement | null>
  /** Where the list stood when it was last seen. */
  initialOffset?: number
  faded?: boolean
  onScroll?: (top: number) => void
}

const MARGIN = 16
/** The column of the boxes, which brings the first words in line with the title. */
const BOXES = 48

/** A long list of rows that open something: only those in sight are there. */
export function RowGrid<R>(props: Props<R>) {
  const { label, name, rows, rowKey, columns, widths = {}, active, scroller, initialOffset = 0, onNearEnd, hasMore, selection } = props
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (props.dense ? 28 : 32),
    getItemKey: (at) => (rows[at] === undefined ? at : rowKey(rows[at])),
    overscan: 12,
    initialOffset,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last > rows.length - 30) onNearEnd?.()
  }, [last, rows.length, hasMore, onNearEnd])
  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active, { align: 'auto' })
  }, [active, virtual])
  const edge = selection ? BOXES : MARGIN
  const template = `${edge}px ${columns.map((column) => trackOf(column, widths[column.id])).join(' ')} ${MARGIN}px`
  const least = edge + MARGIN + columns.reduce((sum, column) => sum + (widths[column.id] ?? column.width), 0)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that come and go.
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onScroll={(event) => props.onScroll?.(event.currentTarget.scrollTop)}
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
            if (row === undefined) return null
            const key = rowKey(row)
            return (
              <Row
                key={key}
                id={`${name}-row-${item.index}`}
                rowKey={key}
                row={row as unknown}
                at={item.index}
                top={item.start}
                dense={props.dense === true}
                columns={columns as readonly GridColumn<unknown>[]}
                active={item.index === active}
                open={props.isOpen?.(row) === true}
                selected={selection?.selected.has(key)}
                boxLabel={selection?.labelOf(row)}
                onSelect={selection?.onSelect}
                onOpen={props.onOpen as (row: unknown, at: number) => void}
                onActive={props.onActive}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

const trackOf = ({ width, grows }: { width: number; grows?: boolean }, chosen: number | undefined): string =>
  chosen !== undefined ? `${chosen}px` : grows ? `minmax(${width}px, 1fr)` : `${width}px`

function Head<R>({ columns, rows, order, onOrder, onWidth, selection }: Props<R>) {
  const some = selection?.selected.size ?? 0
  const all = rows.length > 0 && some >= rows.length
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid h-8 grid-cols-(--columns) items-center border-b border-line bg-surface-1"
    >
      {selection ? (
        // biome-ignore lint/a11y/useSemanticElements: as above.
        // biome-ignore lint/a11y/useFocusableInteractive: as above.
        <div role="columnheader" className="flex pl-6">
          <Checkbox label={selection.label} checked={all} indeterminate={some > 0 && !all} onChange={selection.onSelectAll} />
        </div>
      ) : (
        <span aria-hidden />
      )}
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
                onClick={() => onOrder?.(sort)}
                className={classNames('flex h-full min-w-0 items-center gap-0.5 hover:text-text', direction !== 'none' && 'text-text')}
              >
                <span className="truncate">{title}</span>
                {direction !== 'none' && <Arrow size={12} className="shrink-0" aria-hidden />}
              </button>
            )}
            {onWidth && (
              <span
                aria-hidden
                onPointerDown={(event) => resize(event, (next) => onWidth(id, next))}
                onDoubleClick={() => onWidth(id, width)}
                className="absolute top-1.5 right-0 bottom-1.5 w-[5px] cursor-col-resize border-r border-transparent hover:border-line-strong"
              />
            )}
          </div>
        )
      })}
    </div>
  )
}

type RowProps = {
  id: string
  rowKey: string
  row: unknown
  at: number
  top: number
  dense: boolean
  columns: readonly GridColumn<unknown>[]
  active: boolean
  open: boolean
  /** undefined where nothing can be selected. */
  selected: boolean | undefined
  boxLabel: string | undefined
  onSelect: ((key: string, on: boolean) => void) | undefined
  onOpen: (row: unknown, at: number) => void
  onActive: ((at: number) => void) | undefined
}
const Row = memo(function Row(props: RowProps) {
  const { id, rowKey, row, at, top, columns, active, open, selected, onSelect, onOpen, onActive } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens the active row.
    <div
      id={id}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={selected ?? open}
      onClick={(event) => {
        // What has a meaning of its own is not a press on the row.
        if (event.target instanceof Element && event.target.closest('a:not([data-opens-row]), button') !== null) return
        onActive?.(at)
        if (!(event.metaKey || event.ctrlKey)) onOpen(row, at)
      }}
      style={{ transform: `translateY(${top}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 grid grid-cols-(--columns) items-center border-b border-line',
        props.dense ? 'h-7' : 'h-8',
        open || active ? 'bg-surface-2' : selected ? 'bg-accent-soft' : 'hover:bg-surface-0',
        active && 'shadow-[inset_2px_0_0_var(--accent)]',
      )}
    >
      {selected === undefined ? (
        <span aria-hidden />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: as above.
        // biome-ignore lint/a11y/useFocusableInteractive: as above.
        // biome-ignore lint/a11y/useKeyWithClickEvents: x selects the active row.
        <div role="gridcell" className="flex h-full items-center pl-6" onClick={(event) => event.stopPropagation()}>
          <Checkbox label={props.boxLabel ?? ''} checked={selected} onChange={(on) => onSelect?.(rowKey, on)} tabIndex={-1} />
        </div>
      )}
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
