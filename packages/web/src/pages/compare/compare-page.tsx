import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowLeftRight, GitCompareArrows } from 'lucide-react'
import { useMemo } from 'react'
import { traceQuery } from '../../data/queries.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { type AlignedSpan, alignTraces } from '../../lib/align-traces.ts'
import { formatCount } from '../../lib/format-number.ts'
import { buildSpanTree } from '../../lib/span-tree.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { PageHeader } from '../../ui/page.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ChooseTrace } from './choose-trace.tsx'
import { CompareHeads } from './compare-heads.tsx'
import { CompareRows, rowId } from './compare-rows.tsx'
import { PairDetail } from './pair-detail.tsx'

/** Two traces beside each other, step by step. */
export function ComparePage() {
  const project = useProject()
  const { a, b, pair, only } = useSearch({ from: '/p/$project/compare' })
  const navigate = useNavigate({ from: '/p/$project/compare' })
  const set = (next: { a?: string | undefined; b?: string | undefined; pair?: string | undefined; only?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-col gap-3 px-6 pt-5 pb-3">
        <PageHeader
          title="Compare two traces"
          question="What one did that the other did not, and what of the same steps is another: model, tokens, cost, time, words."
          action={
            a &&
            b && (
              <Button onClick={() => set({ a: b, b: a, pair: undefined })}>
                <ArrowLeftRight size={14} aria-hidden /> Swap
              </Button>
            )
          }
        />
      </div>
      {!a ? (
        <EmptyState
          icon={GitCompareArrows}
          title="No trace chosen"
          action={
            <Link to="/p/$project/traces" params={{ project }} className={buttonStyle({ kind: 'primary' })}>
              To the traces
            </Link>
          }
        >
          Select two in the list with x and press Compare, or open one and choose “Compare with”.
        </EmptyState>
      ) : !b ? (
        <ChooseTrace project={project} traceId={a} onChoose={(traceId) => set({ b: traceId })} />
      ) : (
        <Compared
          key={`${a} ${b}`}
          a={a}
          b={b}
          chosen={pair}
          only={only === 'changed'}
          onChoose={(next) => set({ pair: next })}
          onOnly={(on) => set({ only: on ? 'changed' : undefined })}
        />
      )}
    </div>
  )
}

type ComparedProps = {
  a: string
  b: string
  chosen: string | undefined
  /** Only what differs. */
  only: boolean
  onChoose: (pair: string) => void
  onOnly: (only: boolean) => void
}

function Compared({ a, b, chosen, only, onChoose, onOnly }: ComparedProps) {
  const project = useProject()
  const [first, second] = [useQuery(traceQuery(project, a)), useQuery(traceQuery(project, b))]
  const all = useMemo(
    () => (first.data && second.data ? alignTraces(buildSpanTree(first.data.spans), buildSpanTree(second.data.spans)) : null),
    [first.data, second.data],
  )
  const rows = useMemo(() => (only ? (all ?? []).filter(({ change }) => change !== 'same') : (all ?? [])), [all, only])
  const at = Math.max(
    0,
    rows.findIndex((row) => rowId(row) === chosen),
  )
  const move = (to: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, to))]
    if (row) onChoose(rowId(row))
  }
  const nextDifference = () => {
    const after = rows.findIndex(({ change }, place) => place > at && change !== 'same')
    const next = after === -1 ? rows.findIndex(({ change }) => change !== 'same') : after
    if (next !== -1) move(next)
  }
  useShortcuts({
    j: () => move(at + 1),
    k: () => move(at - 1),
    arrowdown: () => move(at + 1),
    arrowup: () => move(at - 1),
    n: nextDifference,
  })
  const failed = first.error ? first : second.error ? second : undefined
  if (failed?.error && !failed.data) return <ErrorNote error={failed.error} retry={() => failed.refetch()} className="mx-6" />
  if (!all || !first.data || !second.data) return <SkeletonRows rows={12} />
  const row = rows[at]
  const counts = countChanges(all)
  return (
    <>
      <CompareHeads a={first.data.trace} b={second.data.trace} />
      <div className="flex min-h-0 flex-1 border-t border-line">
        <section aria-label="Steps" className="@container flex w-[56%] min-w-0 flex-col border-r border-line">
          <div className="flex h-10 shrink-0 items-center gap-3 border-b border-line px-3">
            <Segmented
              label="Which steps"
              value={only ? 'changed' : 'all'}
              choices={[
                { value: 'all', label: 'All' },
                { value: 'changed', label: 'Differences' },
              ]}
              onChange={(value) => onOnly(value === 'changed')}
            />
            <p role="status" className="tabular flex min-w-0 flex-1 gap-3 truncate text-sm text-soft">
              <span>{formatCount(counts.same)} alike</span>
              <span className="text-warning">{formatCount(counts.changed)} changed</span>
              <span className="text-error">{formatCount(counts.removed)} only in A</span>
              <span className="text-ok">{formatCount(counts.added)} only in B</span>
            </p>
            <Button size="small" onClick={nextDifference} data-tip="n" disabled={counts.same === all.length}>
              Next difference
            </Button>
          </div>
          {rows.length === 0 ? (
            <p className="px-4 py-4 text-soft">
              Both did the same steps, with the same models, tokens and costs. Inputs and outputs are told apart when a step is opened.
            </p>
          ) : (
            <CompareRows rows={rows} at={at} onChoose={onChoose} />
          )}
        </section>
        <section aria-label="Difference of the step" className="flex min-w-0 flex-1 flex-col">
          <ErrorBoundary resetKey={row && rowId(row)}>
            {row && <PairDetail key={rowId(row)} project={project} a={first.data.trace.traceId} b={second.data.trace.traceId} row={row} />}
          </ErrorBoundary>
        </section>
      </div>
    </>
  )
}

function countChanges(rows: readonly AlignedSpan[]): Record<AlignedSpan['change'], number> {
  const counts = { same: 0, changed: 0, added: 0, removed: 0 }
  for (const { change } of rows) counts[change] += 1
  return counts
}
