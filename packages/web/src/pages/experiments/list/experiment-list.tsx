import type { ExperimentSummary } from '@signalbox/schema'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { GitCompareArrows, SearchX, X } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { type ExperimentListAsk, experimentListQuery } from '../../../data/experiments.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Input } from '../../../ui/input.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import type { RowGrid as Grid } from '../../../ui/row-grid.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { experimentColumns } from './experiment-columns.tsx'
import { NoExperiments } from './no-experiments.tsx'

// Asked for when there are rows.
const RowGrid = lazy(() => import('../../../ui/row-grid.tsx').then((module) => ({ default: module.RowGrid }))) as unknown as typeof Grid

const ROUTE = '/p/$project/experiments/'
const STATES = ['queued', 'running', 'paused', 'stopped', 'failed', 'done'] as const
const keyOf = ({ id }: ExperimentSummary): string => id
/** Where each list stood, so that coming back leads to the same row. */
const offsets = new Map<string, number>()

/** Experiments, newest first. Two that are selected can be held against each other. */
export function ExperimentList() {
  const project = useProject()
  const navigate = useNavigate({ from: ROUTE })
  const { search = '', name, dataset, prompt, state } = useSearch({ from: '/p/$project/experiments/' })
  const known = STATES.find((one) => one === state)
  const ask: ExperimentListAsk = {
    ...(search && { search }),
    ...(name && { name }),
    ...(dataset && { dataset }),
    ...(prompt && { prompt }),
    ...(known && { state: known }),
  }
  const query = useInfiniteQuery(experimentListQuery(project, ask))
  const rows = query.data?.pages.flatMap(({ experiments }) => experiments) ?? []
  const scroller = useRef<HTMLDivElement>(null)
  const finder = useRef<HTMLInputElement>(null)
  const [active, setActive] = useState(-1)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const key = JSON.stringify(ask)
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another list mean nothing in this one.
  useEffect(() => setActive(-1), [key])

  type Search = { [K in 'search' | 'name' | 'dataset' | 'prompt' | 'state']?: string | undefined }
  const set = (next: Search, replace = false) => void navigate({ search: (before) => ({ ...before, ...next }), replace })
  const open = (row: ExperimentSummary | undefined) =>
    row && void navigate({ to: '/p/$project/experiments/$id', params: { project, id: row.id }, search: {} })
  const select = (id: string, on: boolean) => {
    const next = new Set(selected)
    if (on) next.add(id)
    else next.delete(id)
    setSelected(next)
  }
  // The older one is what the newer one is held against.
  const [newer, older] = rows.filter(({ id }) => selected.has(id))
  const compare = () =>
    selected.size === 2 &&
    newer &&
    older &&
    void navigate({ to: '/p/$project/experiments/$id', params: { project, id: newer.id }, search: { baseline: older.id } })
  useShortcuts({
    j: () => setActive(Math.min(rows.length - 1, active + 1)),
    k: () => setActive(Math.max(0, active - 1)),
    arrowdown: () => setActive(Math.min(rows.length - 1, active + 1)),
    arrowup: () => setActive(Math.max(0, active - 1)),
    enter: () => open(rows[active]),
    escape: () => (selected.size > 0 ? setSelected(new Set()) : setActive(-1)),
    x: () => rows[active] && select(rows[active].id, !selected.has(rows[active].id)),
    d: () => compare(),
    '/': () => finder.current?.focus(),
  })

  const isNarrowed = Object.keys(ask).length > 0
  if (query.data && rows.length === 0 && !isNarrowed) return <NoExperiments />
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-wrap items-center gap-2 px-6 py-3">
        {(['name', 'dataset', 'prompt'] as const).map((field) => {
          const value = { name, dataset, prompt }[field]
          return (
            value && (
              <Button key={field} size="bar" onClick={() => set({ [field]: undefined })} aria-label={`No longer only ${field} ${value}`}>
                <span className="text-faint">{field}</span> {value} <X size={13} aria-hidden />
              </Button>
            )
          )
        })}
        <Button size="bar" onClick={compare} disabled={selected.size !== 2} data-tip="Select two with x, then d">
          <GitCompareArrows size={14} aria-hidden /> Compare
        </Button>
        <div className="ml-auto flex items-center gap-2">
          <Input
            ref={finder}
            aria-label="Search experiments"
            placeholder="Name or description   /"
            value={search}
            onChange={({ target }) => set({ search: target.value || undefined }, true)}
            onKeyDown={({ key: pressed, currentTarget }) => pressed === 'Escape' && currentTarget.blur()}
            className="max-w-60"
          />
          <NativeSelect
            label="In the state"
            value={known ?? ''}
            choices={[{ value: '', label: 'Any state' }, ...STATES.map((one) => ({ value: one, label: one }))]}
            onChange={(next) => set({ state: next || undefined })}
            className="w-36"
          />
        </div>
      </div>
      <div className="min-h-0 flex-1 border-t border-line">
        {query.isPending ? (
          <SkeletonRows rows={12} />
        ) : query.error && rows.length === 0 ? (
          <ErrorNote error={query.error} retry={() => query.refetch()} className="m-6" />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={SearchX}
            title="No experiment matches"
            action={
              <Button onClick={() => navigate({ search: ({ range, from, to, env }) => ({ range, from, to, env }) })}>Show all</Button>
            }
          >
            Take a filter away, or look for another word of its name or description.
          </EmptyState>
        ) : (
          <Suspense fallback={<SkeletonRows rows={12} />}>
            <RowGrid
              key={key}
              label="Experiments"
              name="experiment"
              rows={rows}
              rowKey={keyOf}
              columns={experimentColumns(project)}
              active={active}
              onOpen={open}
              onActive={setActive}
              selection={{
                selected,
                onSelect: select,
                onSelectAll: (on) => setSelected(new Set(on ? rows.map(keyOf) : [])),
                label: 'Select all',
                labelOf: (row) => `Select ${row.name}`,
              }}
              onNearEnd={query.fetchNextPage}
              hasMore={query.hasNextPage && !query.isFetchingNextPage}
              scroller={scroller}
              initialOffset={offsets.get(key) ?? 0}
              faded={query.isPlaceholderData}
              onScroll={(top) => offsets.set(key, top)}
            />
          </Suspense>
        )}
      </div>
    </div>
  )
}
