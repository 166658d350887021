import type { Trace } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useProject } from '../../data/view.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { lowerBound } from '../../lib/lower-bound.ts'
import { Badge, Status } from '../../ui/badge.tsx'
import { CopyId } from '../../ui/copy.tsx'
import type { GridColumn } from '../../ui/row-grid.tsx'
import { Ago, Money } from '../../ui/values.tsx'
import { isSorted } from './trace-order.ts'

/** A column that few show; the list need not wait for it. */
const Scores = lazy(async () => ({ default: (await import('../../ui/scores.tsx')).Scores }))
const TraceScores = ({ trace: { scores } }: { trace: Trace }) =>
  scores ? (
    <Suspense>
      <Scores scores={scores} />
    </Suspense>
  ) : (
    <Nothing />
  )

const text = (value: string | null) => (value ? <span className="truncate">{value}</span> : <Nothing />)
const Nothing = () => <span className="text-faint">–</span>
const number = (value: number | null, none = false) => (value === null || none ? <Nothing /> : formatCount(value))

/** A trace can be well although steps of it failed; both are said. */
function TraceStatus({ trace }: { trace: Trace }) {
  return (
    <span className="flex items-center gap-1.5">
      <Status status={trace.status} quiet />
      {trace.status === 'ok' && trace.errorCount > 0 && (
        <span className="text-sm text-error" data-tip={`${plural(trace.errorCount, 'span')} of it failed`}>
          {plural(trace.errorCount, 'error')}
        </span>
      )}
    </span>
  )
}

function whyNoCost(trace: Trace): string {
  if (trace.models.length === 0) return 'No model was called in this trace'
  if (trace.inputTokens + trace.outputTokens === 0) return 'No tokens are known for this trace, so there is nothing to price'
  return `Unknown: no price is known for ${trace.models.join(', ')}`
}

/** Everything a row of the list can show. */
const UNSORTED: GridColumn<Trace>[] = [
  { id: 'startedAt', title: 'Started', width: 80, cell: (trace) => <Ago time={trace.startedAt} /> },
  { id: 'status', title: 'Status', width: 84, cell: (trace) => <TraceStatus trace={trace} /> },
  {
    id: 'name',
    title: 'Name',
    width: 120,
    grows: true,
    cell: (trace) => <TraceName trace={trace} />,
  },
  { id: 'input', title: 'Input', width: 72, grows: true, cell: (trace) => <Preview value={trace.inputPreview} /> },
  { id: 'output', title: 'Output', width: 72, grows: true, cell: (trace) => <Preview value={trace.outputPreview} /> },
  { id: 'models', title: 'Models', width: 90, cell: (trace) => text(trace.models.join(', ')) },
  { id: 'durationMs', title: 'Duration (ms)', width: 112, align: 'right', cell: (trace) => number(trace.durationMs) },
  { id: 'firstTokenMs', title: 'First token (ms)', width: 116, align: 'right', cell: (trace) => number(trace.firstTokenMs) },
  {
    id: 'inputTokens',
    title: 'Tokens in',
    width: 88,
    align: 'right',
    cell: (trace) => number(trace.inputTokens, trace.inputTokens + trace.outputTokens === 0),
  },
  {
    id: 'outputTokens',
    title: 'Tokens out',
    width: 96,
    align: 'right',
    cell: (trace) => number(trace.outputTokens, trace.inputTokens + trace.outputTokens === 0),
  },
  {
    id: 'costUsd',
    title: 'Cost (USD)',
    width: 98,
    align: 'right',
    cell: (trace) => (
      <>
        <Money usd={trace.costUsd} bare reason={whyNoCost(trace)} />
        {lowerBound(trace) && <span data-tip={lowerBound(trace)}>+</span>}
      </>
    ),
  },
  { id: 'spanCount', title: 'Spans', width: 68, align: 'right', cell: (trace) => number(trace.spanCount) },
  {
    id: 'errorCount',
    title: 'Errors',
    width: 68,
    align: 'right',
    cell: (trace) =>
      trace.errorCount === 0 ? <span className="text-faint">0</span> : <span className="text-error">{formatCount(trace.errorCount)}</span>,
  },
  { id: 'scores', title: 'Scores', width: 200, cell: (trace) => <TraceScores trace={trace} /> },
  { id: 'userId', title: 'User', width: 120, cell: (trace) => text(trace.userId) },
  { id: 'sessionId', title: 'Session', width: 120, cell: (trace) => text(trace.sessionId) },
  { id: 'environment', title: 'Environment', width: 104, cell: (trace) => text(trace.environment) },
  {
    id: 'tags',
    title: 'Tags',
    width: 120,
    cell: (trace) =>
      trace.tags.length === 0 ? (
        <Nothing />
      ) : (
        <span className="flex gap-1 overflow-hidden">
          {trace.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      ),
  },
  {
    id: 'traceId',
    title: 'Id',
    width: 116,
    cell: (trace) => (
      <CopyId id={trace.externalId ?? trace.traceId} what="trace id" className="-ml-1">
        {(trace.externalId ?? trace.traceId).slice(0, 12)}
      </CopyId>
    ),
  },
]

export const COLUMNS = UNSORTED.map((column) => (isSorted(column.id) ? { ...column, sort: column.id } : column))

export const DEFAULT_COLUMNS = [
  'startedAt',
  'status',
  'name',
  'input',
  'output',
  'models',
  'durationMs',
  'inputTokens',
  'outputTokens',
  'costUsd',
]

/** Another tab opens the page of the trace; a press opens it beside the list, as one on the row does. */
function TraceName({ trace }: { trace: Trace }) {
  const project = useProject()
  return (
    <Link
      to="/p/$project/traces/$traceId"
      params={{ project, traceId: trace.traceId }}
      preload={false}
      tabIndex={-1}
      data-opens-row
      className="min-w-0 truncate font-medium"
      onClick={(event) => {
        if (!(event.metaKey || event.ctrlKey || event.shiftKey)) event.preventDefault()
      }}
    >
      {trace.name || 'unnamed'}
    </Link>
  )
}

function Preview({ value }: { value: string }) {
  return value ? <span className="truncate text-soft">{value.replace(/\s+/g, ' ')}</span> : <Nothing />
}
