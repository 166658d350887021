import type { Span } from '@signalbox/schema'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, memo, type RefObject, useEffect } from 'react'
import { useMedia } from '../../data/media.ts'
import { classNames } from '../../lib/class-names.ts'
import type { CallColumn } from './call-columns.tsx'

const ROW = 28

type Props = {
  calls: readonly Span[]
  columns: readonly CallColumn[]
  active: string | undefined
  open: string | undefined
  onOpen: (call: Span) => void
  scroller: RefObject<HTMLDivElement | null>
}

/** One dense line for each call; only the lines in sight are there. */
export function CallTable({ calls, columns, active, open, onOpen, scroller }: Props) {
  const wide = useMedia('(min-width: 1280px)')
  const shown = columns.filter((column) => wide || !column.wideOnly)
  const rows = useVirtualizer({
    count: calls.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (at) => calls[at]?.spanId ?? at,
    overscan: 16,
  })
  const at = calls.findIndex(({ spanId }) => spanId === active)
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [at, rows])
  const style = { '--columns': `16px ${shown.map(({ track }) => track).join(' ')} 16px` } as CSSProperties
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that come and go.
    <div
      ref={scroller}
      role="grid"
      aria-label="Calls"
      aria-rowcount={calls.length + 1}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `call-${active}` : undefined}
      className="h-full overflow-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
    >
      <div style={style} className="min-w-[800px]">
        {/* biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-10 grid h-8 grid-cols-(--columns) items-center border-b border-line bg-surface-1"
        >
          <span aria-hidden />
          {shown.map(({ id, title, tip, align }) => (
            // biome-ignore lint/a11y/useSemanticElements: as above.
            // biome-ignore lint/a11y/useFocusableInteractive: as above.
            <div
              key={id}
              role="columnheader"
              {...(tip && { 'data-tip': tip })}
              className={classNames('truncate px-2 text-sm font-medium text-faint', align === 'right' && 'text-right')}
            >
              {title}
            </div>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const call = calls[item.index]
            return (
              call && (
                <Line
                  key={call.spanId}
                  call={call}
                  at={item.index}
                  top={item.start}
                  columns={shown}
                  active={call.spanId === active}
                  open={call.traceId === open}
                  onOpen={onOpen}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

type LineProps = {
  call: Span
  at: number
  top: number
  columns: readonly CallColumn[]
  active: boolean
  open: boolean
  onOpen: (call: Span) => void
}
const Line = memo(function Line({ call, at, top, columns, active, open, onOpen }: LineProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a virtual grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens the active line.
    <div
      id={`call-${call.spanId}`}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={open}
      onClick={() => onOpen(call)}
      style={{ transform: `translateY(${top}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 grid h-7 grid-cols-(--columns) items-center border-b border-line',
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
          {column.cell(call)}
        </div>
      ))}
    </div>
  )
})
