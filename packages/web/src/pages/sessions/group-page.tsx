import type { SearchIn } from '@signalbox/schema'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { parseFilters } from '../../lib/filter-search.ts'
import { copyAndTell } from '../../ui/copy.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import type { RowGrid as Grid, GridColumn } from '../../ui/row-grid.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ListHead } from '../traces/list-head.tsx'
import { useColumns } from '../traces/use-columns.ts'
import type { GroupSearch, useGroupList } from './use-group-list.ts'

// Asked for when there are rows: a list that is empty, or still being read, needs none of it.
const RowGrid = lazy(() => import('../../ui/row-grid.tsx').then((module) => ({ default: module.RowGrid }))) as unknown as typeof Grid

type Props<R> = {
  title: string
  question: string
  /** Of the grid and its rows, and of what is kept of it. */
  name: 'session' | 'user'
  columns: readonly GridColumn<R>[]
  defaults: readonly string[]
  rowKey: (row: R) => string
  list: ReturnType<typeof useGroupList<R>>
  given: GroupSearch
  set: (next: GroupSearch) => void
  /** The order where the address names none. */
  newest: string
  open?: string | undefined
  onOpen: (row: R) => void
  onClose?: () => void
  empty: (narrowed: boolean) => ReactNode
  children?: ReactNode
}

/** Where each list stood, so that coming back leads to the same row. */
const offsets = new Map<string, number>()

/** Traces put together by something, as a list to filter and to sort. */
export function GroupPage<R>(props: Props<R>) {
  const { title, question, name, columns: all, defaults, rowKey, list, given, set, newest, open, onOpen, onClose, empty, children } = props
  const { query, rows, keyText } = list
  const { filters, rejected } = parseFilters(given.filter)
  const search = given.search ?? ''
  const searchIn: SearchIn = given.in === 'content' ? 'content' : 'preview'
  const order = given.sort ?? newest
  const columns = useColumns({ name, all, defaults, named: given.columns, onNamed: (ids) => set({ columns: ids }) })
  const scroller = useRef<HTMLDivElement>(null)
  const filterInput = useRef<HTMLInputElement>(null)
  const [active, setActive] = useState(-1)
  const move = (by: number) => {
    const from = active === -1 && open !== undefined ? rows.findIndex((row) => rowKey(row) === open) : active
    const next = Math.min(rows.length - 1, Math.max(0, from + by))
    setActive(next)
    const row = rows[next]
    if (open !== undefined && row !== undefined) onOpen(row)
  }
  const close = () => {
    onClose?.()
    scroller.current?.focus({ preventScroll: true })
  }
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ...(open === undefined && { arrowdown: () => move(1), arrowup: () => move(-1) }),
    enter: () => {
      const row = rows[active]
      if (row !== undefined) onOpen(row)
    },
    escape: () => (open === undefined ? setActive(-1) : close()),
    '/': () => filterInput.current?.focus(),
    c: () => copyAndTell(location.href, 'Link'),
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another list mean nothing in this one.
  useEffect(() => setActive(-1), [keyText])

  const narrowed = filters.length > 0 || search !== '' || list.environment !== undefined
  return (
    <div className="flex h-full flex-col">
      <ListHead
        title={title}
        question={question}
        loaded={query.data && !query.isPlaceholderData ? { count: rows.length, more: query.hasNextPage } : null}
        onRefresh={() => void query.refetch()}
        filters={filters}
        rejected={rejected}
        search={search}
        searchIn={searchIn}
        input={filterInput}
        set={set}
        columns={columns}
      />
      <div className="relative min-h-0 flex-1 border-t border-line">
        {query.isPending ? (
          <SkeletonRows rows={16} />
        ) : query.error && rows.length === 0 ? (
          <ErrorNote error={query.error} retry={() => query.refetch()} className="m-6" />
        ) : rows.length === 0 ? (
          <div className="h-full overflow-y-auto">{empty(narrowed)}</div>
        ) : (
          <Suspense fallback={<SkeletonRows rows={16} />}>
            <RowGrid
              key={keyText}
              label={title}
              name={name}
              rows={rows}
              rowKey={rowKey}
              columns={columns.shown}
              widths={columns.widths}
              onWidth={columns.setWidth}
              order={order}
              onOrder={(by) => {
                const next = order === `-${by}` ? by : order === by ? newest : `-${by}`
                set({ sort: next === newest ? undefined : next })
              }}
              active={active}
              isOpen={(row) => rowKey(row) === open}
              onOpen={(row, at) => {
                setActive(at)
                onOpen(row)
              }}
              onNearEnd={query.fetchNextPage}
              hasMore={query.hasNextPage && !query.isFetchingNextPage}
              scroller={scroller}
              initialOffset={offsets.get(keyText) ?? 0}
              faded={query.isPlaceholderData}
              onScroll={(top) => offsets.set(keyText, top)}
            />
          </Suspense>
        )}
        {children}
      </div>
    </div>
  )
}
