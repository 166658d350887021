import type { Filter, SearchIn } from '@signalbox/schema'
import { Columns3, Link2, RefreshCw, TriangleAlert } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { usePreference } from '../../data/preferences.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { parseFilters, writeFilters } from '../../lib/filter-search.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Menu, MenuCheck, MenuHeading, MenuItem, MenuLine } from '../../ui/menu.tsx'
import type { RowGrid as Grid, GridColumn } from '../../ui/row-grid.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { FilterBar } from '../traces/filter-bar.tsx'
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
  const [kept, keep] = usePreference(`${name}Columns`, defaults.join(','))
  const [keptWidths, keepWidths] = usePreference(`${name}ColumnWidths`, '{}')
  const widths = readWidths(keptWidths)
  const columns = readColumns(all, given.columns ?? kept, defaults)
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
  const choose = (ids: readonly string[]) => {
    keep(ids.join(','))
    set({ columns: ids.join(',') === defaults.join(',') ? undefined : ids.join(',') })
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
      <div className="flex flex-col gap-3 px-6 pt-5 pb-3">
        <header className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
            <p className="text-soft">{question}</p>
          </div>
          <p role="status" className="pt-1.5 text-sm text-faint">
            {query.data && !query.isPlaceholderData && `${formatCount(rows.length)}${query.hasNextPage ? '+' : ''} loaded`}
          </p>
          <div className="flex items-center gap-1">
            <IconButton label="Copy link  c" onClick={() => copyAndTell(location.href, 'Link')}>
              <Link2 size={15} />
            </IconButton>
            <IconButton label="Read again" onClick={() => query.refetch()}>
              <RefreshCw size={14} />
            </IconButton>
          </div>
        </header>
        <div className="flex items-start gap-2">
          <FilterBar
            filters={filters}
            search={search}
            searchIn={searchIn}
            input={filterInput}
            onFilters={(next: Filter[]) => set({ filter: writeFilters(next) })}
            onSearch={(text, where) => set({ search: text || undefined, in: text && where === 'content' ? where : undefined })}
          />
          <Menu
            align="end"
            trigger={
              <Button size="bar">
                <Columns3 size={14} className="text-faint" aria-hidden /> Columns
              </Button>
            }
          >
            <MenuHeading>Columns</MenuHeading>
            {all.map((column) => {
              const shown = columns.includes(column)
              return (
                <MenuCheck
                  key={column.id}
                  checked={shown}
                  disabled={shown && columns.length === 1}
                  onChange={(on) => choose(all.filter((one) => (one === column ? on : columns.includes(one))).map(({ id }) => id))}
                >
                  {column.title}
                </MenuCheck>
              )
            })}
            <MenuLine />
            <MenuItem
              onClick={() => {
                choose(defaults)
                keepWidths('{}')
              }}
            >
              Back to the default
            </MenuItem>
          </Menu>
        </div>
        {rejected.length > 0 && (
          <p role="alert" className="flex items-center gap-2 text-sm text-warning">
            <TriangleAlert size={14} aria-hidden /> {plural(rejected.length, 'filter')} of the link could not be understood and{' '}
            {rejected.length === 1 ? 'is' : 'are'} not applied: <code className="font-mono">{rejected.join('; ')}</code>
          </p>
        )}
      </div>
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
              columns={columns}
              widths={widths}
              onWidth={(id, width) => keepWidths(JSON.stringify({ ...widths, [id]: width }))}
              order={order}
              onOrder={(by) => {
                const next = order === `-${by}` ? by : order === by ? newest : `-${by}`
                set({ sort: next === newest ? undefined : next })
              }}
              active={active}
              open={open}
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

/** The columns that a list of ids names, in the order of the list of all; nonsense names none, so it is the default. */
function readColumns<R>(all: readonly GridColumn<R>[], ids: string, defaults: readonly string[]): readonly GridColumn<R>[] {
  const wanted = new Set(ids.split(','))
  const found = all.filter(({ id }) => wanted.has(id))
  return found.length > 0 ? found : all.filter(({ id }) => defaults.includes(id))
}

function readWidths(text: string): Record<string, number> {
  try {
    return JSON.parse(text) as Record<string, number>
  } catch {
    return {}
  }
}
