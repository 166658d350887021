import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

export type Column<R> = {
  id: string
  header: ReactNode
  cell: (row: R) => ReactNode
  /** Numbers stand right. */
  align?: 'right'
  /** Left out where the page is narrow. */
  wideOnly?: boolean
  /** Stays in sight when the table is wider than the page. */
  sticky?: boolean
  className?: string
}
type Props<R> = {
  label: string
  columns: readonly Column<R>[]
  rows: readonly R[]
  rowKey: (row: R) => string
  /** Faded rows are there but of no use any more. */
  faded?: (row: R) => boolean
  /** What a press on a row does, where it opens something. */
  onOpen?: (row: R) => void
  /** The key of the row that is open. */
  open?: string | undefined
  /** The key of the row that the keyboard is on. */
  active?: string | undefined
}

/** A short table, all rows at once. Long lists are virtualised elsewhere. */
export function Table<R>({ label, columns, rows, rowKey, faded, onOpen, open, active }: Props<R>) {
  return (
    <div className="overflow-x-auto rounded-md">
      <table aria-label={label} className="w-full border-collapse">
        <thead>
          <tr className="h-8 border-b border-line bg-surface-1">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={classNames(
                  'px-3 text-sm font-medium whitespace-nowrap text-faint',
                  column.align === 'right' ? 'text-right' : 'text-left',
                  fit(column),
                )}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              data-row={rowKey(row)}
              {...(rowKey(row) === open && { 'aria-current': true })}
              onClick={onOpen && ((event) => !isPressed(event.target) && onOpen(row))}
              className={classNames(
                'h-8 border-b border-line last:border-b-0',
                rowKey(row) === open || rowKey(row) === active ? 'bg-surface-2' : 'bg-surface-1 hover:bg-surface-0',
                rowKey(row) === active && 'shadow-[inset_2px_0_0_var(--accent)]',
                faded?.(row) && 'text-faint',
              )}
            >
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={classNames(
                    'px-3 whitespace-nowrap',
                    column.align === 'right' && 'tabular text-right',
                    column.className,
                    fit(column),
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const fit = ({ wideOnly = false, sticky = false }: { wideOnly?: boolean; sticky?: boolean }) =>
  classNames(wideOnly && 'hidden xl:table-cell', sticky && 'sticky right-0 bg-inherit')

/** What has a meaning of its own is not a press on the row. */
const isPressed = (target: EventTarget) => target instanceof Element && target.closest('a, button, input') !== null
