import type { Trace } from '@signalbox/schema'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Activity, ArrowUp, SearchX } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useView } from '../../data/view.ts'
import { parseFilters } from '../../lib/filter-search.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { RowGrid } from '../../ui/row-grid.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { COLUMNS, DEFAULT_COLUMNS } from './columns.tsx'
import { ListHead } from './list-head.tsx'
import { SavedViews } from './saved-views.tsx'
import { NEWEST_FIRST, nextOrder, readOrder } from './trace-order.ts'
import { useColumns } from './use-columns.ts'
import { useTraceList } from './use-trace-list.ts'

const loadPanel = () => import('../trace/trace-panel.tsx')
const ContentLag = lazy(() => import('./content-lag.tsx'))
const SelectionBar = lazy(() => import('./selection-bar.tsx'))
const TracePanel = lazy(() => loadPanel().then((module) => ({ default: module.TracePanel })))

const keyOf = ({ traceId }: Trace) => traceId

/** Where each list stood, so that coming back leads to the same row. */
const offsets = new Map<string, number>()

/** Every trace, as a list to filter, read and compare. */
export function TracesPage() {
  const { project, environment } = useView()
  const { filter, search = '', in: lookedIn, trace: open, columns: columnIds, sort } = useSearch({ from: '/p/$project/traces' })
  const navigate = useNavigate({ from: '/p/$project/traces' })
  const { filters, rejected } = parseFilters(filter)
  const order = readOrder(sort)
  const searchIn = lookedIn === 'content' ? 'content' : 'preview'
  const columns = useColumns({
    name: 'trace',
    all: COLUMNS,
    defaults: DEFAULT_COLUMNS,
    named: columnIds,
    onNamed: (ids) => navigate({ search: (before) => ({ ...before, columns: ids }), replace: true }),
  })
  const scroller = useRef<HTMLDivElement>(null)
  const filterInput = useRef<HTMLInputElement>(null)
  const [active, setActive] = useState(-1)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const { query, traces, refresh, waiting, showWaiting, keyText, listText } = useTraceList({
    filters,
    search,
    searchIn,
    order,
    isAtTop: () => (scroller.current?.scrollTop ?? 0) < 8,
  })

  const set = (next: { filter?: string | undefined; search?: string | undefined; in?: string | undefined; sort?: string | undefined }) =>
    navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const openTrace = useCallback(
    (trace: Trace) =>
      navigate({
        search: (before) => ({ ...before, trace: trace.traceId, span: undefined, group: undefined }),
        replace: open !== undefined,
      }),
    [navigate, open],
  )
  const close = () => {
    navigate({
      search: (before) => ({ ...before, trace: undefined, span: undefined, as: undefined, group: undefined, edges: undefined }),
    })
    scroller.current?.focus({ preventScroll: true })
  }
  const select = useCallback((traceId: string, on: boolean) => {
    setSelected((before) => {
      const next = new Set(before)
      if (on) next.add(traceId)
      else next.delete(traceId)
      return next
    })
  }, [])
  const move = (by: number) => {
    const from = active === -1 && open ? traces.findIndex((trace) => trace.traceId === open) : active
    const next = Math.min(traces.length - 1, Math.max(0, from + by))
    setActive(next)
    const trace = traces[next]
    if (open && trace) openTrace(trace)
  }

  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ...(!open && { arrowdown: () => move(1), arrowup: () => move(-1) }),
    enter: () => traces[active] && openTrace(traces[active]),
    escape: () => (open ? close() : selected.size > 0 ? setSelected(new Set()) : setActive(-1)),
    x: () => traces[active] && select(traces[active].traceId, !selected.has(traces[active].traceId)),
    '/': () => filterInput.current?.focus(),
    c: () => copyAndTell(location.href, 'Link'),
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another list mean nothing in this one.
  useEffect(() => {
    setActive(-1)
    setSelected(new Set())
  }, [filter, search, searchIn, environment, order])

  // The panel is what comes next: it is fetched while the list is being read.
  const listed = traces.length > 0
  useEffect(() => {
    if (!listed) return
    const timer = setTimeout(loadPanel, 1_000)
    return () => clearTimeout(timer)
  }, [listed])

  const narrowed = filters.length > 0 || search !== '' || environment !== undefined
  return (
    <div className="flex h-full flex-col">
      <ListHead
        title="Traces"
        question={`What each request did, step by step${order === NEWEST_FIRST ? ', newest first' : ''}.`}
        loaded={query.data && !query.isPlaceholderData ? { count: traces.length, more: query.hasNextPage } : null}
        onRefresh={refresh}
        filters={filters}
        rejected={rejected}
        search={search}
        searchIn={searchIn}
        input={filterInput}
        set={set}
        columns={columns}
        beside={<SavedViews />}
      >
        {search && searchIn === 'content' && (
          <Suspense fallback={<p className="h-5" />}>
            <ContentLag />
          </Suspense>
        )}
      </ListHead>
      <div className="relative min-h-0 flex-1 border-t border-line">
        {query.isPending ? (
          <SkeletonRows rows={16} />
        ) : query.error && traces.length === 0 ? (
          <ErrorNote error={query.error} retry={() => query.refetch()} className="m-6" />
        ) : traces.length === 0 ? (
          <Nothing narrowed={narrowed} project={project} onClear={() => navigate({ search: () => ({ range: '30d' }) })} />
        ) : (
          <RowGrid
            key={listText}
            label="Traces"
            name="trace"
            rows={traces}
            rowKey={keyOf}
            columns={columns.shown}
            widths={columns.widths}
            onWidth={columns.setWidth}
            order={order}
            onOrder={(name) => {
              const next = nextOrder(name, order)
              set({ sort: next === NEWEST_FIRST ? undefined : next })
              scroller.current?.scrollTo({ top: 0 })
            }}
            selection={{
              selected,
              onSelect: select,
              onSelectAll: (on) => setSelected(new Set(on ? traces.map(keyOf) : [])),
              label: 'Select all loaded traces',
              labelOf: ({ name }) => `Select ${name}`,
            }}
            active={active}
            onActive={setActive}
            isOpen={({ traceId }) => traceId === open}
            onOpen={openTrace}
            onNearEnd={query.fetchNextPage}
            scroller={scroller}
            initialOffset={offsets.get(keyText) ?? 0}
            onScroll={(top) => offsets.set(keyText, top)}
            faded={query.isPlaceholderData}
            hasMore={query.hasNextPage && !query.isFetchingNextPage}
          />
        )}
        {waiting > 0 && (
          <Button
            onClick={() => {
              showWaiting()
              scroller.current?.scrollTo({ top: 0 })
            }}
            kind="bare"
            size="pill"
            className="floating absolute top-11 left-1/2 z-20 -translate-x-1/2 hover:bg-surface-2"
          >
            <ArrowUp size={14} className="text-accent" aria-hidden />
            <span role="status">
              {waiting >= 100 ? '100+' : waiting} new {waiting === 1 ? 'trace' : 'traces'}
            </span>
          </Button>
        )}
        {selected.size > 0 && (
          <Suspense fallback={null}>
            <SelectionBar traces={traces.filter((trace) => selected.has(trace.traceId))} onClear={() => setSelected(new Set())} />
          </Suspense>
        )}
        {open && (
          <Suspense>
            <TracePanel key={project} project={project} traceId={open} onClose={close} />
          </Suspense>
        )}
      </div>
    </div>
  )
}

function Nothing({ narrowed, project, onClear }: { narrowed: boolean; project: string; onClear: () => void }) {
  if (narrowed) {
    return (
      <EmptyState icon={SearchX} title="No trace matches" action={<Button onClick={onClear}>Clear filters, show 30 days</Button>}>
        Nothing in this time has all of these properties. Remove a filter, or choose a longer time.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={Activity}
      title="No trace in this time"
      action={
        <>
          <Link to="/p/$project/getting-started" params={{ project }} className={buttonStyle({ kind: 'primary' })}>
            Make a call
          </Link>
          <Button onClick={onClear}>Show 30 days</Button>
        </>
      }
    >
      A trace is one request of your program with every step it took. Calls through the gateway appear by themselves; OpenTelemetry spans
      are taken at <code className="font-mono text-sm">/v1/traces</code>.
    </EmptyState>
  )
}
