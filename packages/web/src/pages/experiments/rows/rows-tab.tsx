import type { ExperimentDetail, ExperimentRow } from '@signalbox/schema'
import type { Input as ApiInput } from '@signalbox/sdk'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { experimentRowsQuery, isUnderWay } from '../../../data/experiments.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { formatCount } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Input } from '../../../ui/input.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { RowGrid } from '../../../ui/row-grid.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { comparedBy, type Sides } from '../run/sides.ts'
import { metricTitle, PASS } from '../words/verdict-words.ts'
import { rowColumns } from './row-columns.tsx'
import { RowPanel } from './row-panel.tsx'
import { NEEDS_BASELINE, readShow, SHOW_WORDS, SHOWS, type Show } from './shows.ts'

const ROUTE = '/p/$project/experiments/$id'
const keyOf = ({ itemId }: ExperimentRow): string => itemId

type Props = { detail: ExperimentDetail; sides: Sides }

/** Every item with what was answered, side by side; one of them opens beside the list. */
export default function RowsTab({ detail, sides }: Props) {
  const project = useProject()
  const navigate = useNavigate({ from: ROUTE })
  const search = useSearch({ from: ROUTE })
  const { item, metric = PASS, find = '' } = search
  const all = search.all === '1' && detail.variants.length > 2
  const compares = sides.baseline !== undefined && !all
  const wanted = readShow(search.show)
  const show = NEEDS_BASELINE.has(wanted) && !compares ? 'all' : wanted
  const text = useDeferredValue(find)
  const ask: ApiInput<'experiments.rows'> = {
    id: detail.id,
    ...(all ? {} : comparedBy(detail.id, sides)),
    metric,
    show,
    ...(text && { search: text }),
  }
  const query = useInfiniteQuery(experimentRowsQuery(project, ask, isUnderWay(detail)))
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? []
  const counts = query.data?.pages[0]?.counts
  const scroller = useRef<HTMLDivElement>(null)
  const finder = useRef<HTMLInputElement>(null)
  const [active, setActive] = useState(-1)
  const key = JSON.stringify(ask)
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another list mean nothing in this one.
  useEffect(() => setActive(-1), [key])
  type Change = { [K in 'item' | 'show' | 'metric' | 'find' | 'all' | 'wide']?: string | undefined }
  const set = (next: Change, replace = true) => void navigate({ search: (before) => ({ ...before, ...next }), replace })
  const open = (row: ExperimentRow | undefined) => row && set({ item: row.itemId }, item !== undefined)
  const move = (by: number) => {
    const from = active >= 0 ? active : rows.findIndex((row) => row.itemId === item)
    const next = Math.min(rows.length - 1, Math.max(0, from + by))
    setActive(next)
    if (item !== undefined) open(rows[next])
  }
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    arrowdown: () => move(1),
    arrowup: () => move(-1),
    enter: () => open(rows[active]),
    escape: () => (item === undefined ? setActive(-1) : set({ item: undefined, wide: undefined }, false)),
    '/': () => finder.current?.focus(),
  })
  const metrics = [...new Set([PASS, ...(detail.report?.metrics ?? detail.metrics).map((one) => one.metric)])]
  const count = (one: Show): number | undefined => (one === 'changed' ? undefined : counts?.[one])
  return (
    <div className="relative flex h-full flex-col">
      <div className="flex flex-wrap items-center gap-2 px-6 py-2.5">
        <fieldset className="flex flex-wrap items-center gap-1" aria-label="Which rows">
          {SHOWS.filter((one) => one !== 'changed' && (compares || !NEEDS_BASELINE.has(one))).map((one) => (
            <Button
              key={one}
              size="bar"
              kind={one === show ? 'secondary' : 'ghost'}
              aria-pressed={one === show}
              onClick={() => set({ show: one === 'all' ? undefined : one })}
            >
              {SHOW_WORDS[one]} <span className="tabular text-sm text-faint">{formatCount(count(one) ?? null)}</span>
            </Button>
          ))}
        </fieldset>
        <div className="ml-auto flex items-center gap-2">
          {detail.variants.length > 2 && (
            <Button size="bar" aria-pressed={all} onClick={() => set({ all: all ? undefined : '1', show: undefined })}>
              {all ? 'All variants' : 'Two variants'}
            </Button>
          )}
          {metrics.length > 1 && (
            <NativeSelect
              label="By the metric"
              value={metric}
              choices={[...new Set([...metrics, metric])].map((one) => ({ value: one, label: metricTitle(one) }))}
              onChange={(next) => set({ metric: next === PASS ? undefined : next })}
              className="w-44"
            />
          )}
          <Input
            ref={finder}
            aria-label="Search rows"
            placeholder="Text of items or answers   /"
            value={find}
            onChange={({ target }) => set({ find: target.value || undefined })}
            onKeyDown={({ key: pressed, currentTarget }) => pressed === 'Escape' && currentTarget.blur()}
            className="max-w-60"
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
            title="No such row"
            action={
              show !== 'all' || find ? <Button onClick={() => set({ show: undefined, find: undefined })}>Show all rows</Button> : undefined
            }
          >
            {find ? <>No item or answer has “{find}” in it.</> : show === 'all' ? 'No row is there yet.' : EMPTY[show]}
          </EmptyState>
        ) : (
          <RowGrid
            key={key}
            label="Rows"
            name="row"
            rows={rows}
            rowKey={keyOf}
            columns={rowColumns({ id: detail.id, sides, metric, variants: detail.variants, all })}
            active={active}
            isOpen={(row) => row.itemId === item}
            onOpen={open}
            onActive={setActive}
            onNearEnd={query.fetchNextPage}
            hasMore={query.hasNextPage && !query.isFetchingNextPage}
            scroller={scroller}
            faded={query.isPlaceholderData}
          />
        )}
      </div>
      {item !== undefined && (
        <RowPanel
          detail={detail}
          sides={sides}
          itemId={item}
          metric={metric}
          wide={search.wide === '1'}
          onWide={(on) => set({ wide: on ? '1' : undefined })}
          onClose={() => set({ item: undefined, wide: undefined }, false)}
        />
      )}
    </div>
  )
}

const EMPTY: Record<Exclude<Show, 'all'>, string> = {
  worse: 'No row got worse by this metric.',
  better: 'No row got better by this metric.',
  changed: 'No row changed by this metric.',
  flaky: 'No row gave different verdicts when it was asked again. With one repeat nobody can know.',
  failed: 'Every row that has a verdict passed.',
  errors: 'Every call was answered, and every evaluator could say something.',
}
