import type { Span } from '@signalbox/schema'
import { ArrowRight, CornerDownRight, Database } from 'lucide-react'
import { formatCount, plural } from '../../lib/format-number.ts'
import { exactTime } from '../../lib/format-time.ts'
import { Status } from '../../ui/badge.tsx'
import type { GridColumn } from '../../ui/row-grid.tsx'
import { Money } from '../../ui/values.tsx'
import { useClock } from '../trace/use-clock.ts'
import { endOf } from './merge-calls.ts'

export type CallColumn = GridColumn<Span> & {
  /** Left out where the page is narrow. */
  wideOnly?: boolean
}

const Nothing = () => <span className="text-faint">–</span>
const text = (value: string | null) => (value ? <span className="truncate">{value}</span> : <Nothing />)
const number = (value: number | null) => (value === null ? <Nothing /> : formatCount(value))

/** One line of a call. */
export const callColumns = (keyName: (id: string) => string): CallColumn[] => [
  {
    id: 'time',
    title: 'Ended',
    width: 90,
    cell: (call) => {
      if (call.status === 'running') return <Nothing />
      const end = new Date(endOf(call)).toISOString()
      return (
        <time dateTime={end} data-tip={exactTime(end)} className="tabular text-soft">
          {clock(endOf(call))}
        </time>
      )
    },
  },
  { id: 'status', title: 'Status', width: 80, cell: (call) => <Status status={call.status} tip={call.statusMessage} /> },
  { id: 'target', title: 'Alias → target', width: 140, grows: true, cell: (call) => <Route call={call} /> },
  { id: 'attempts', title: 'Tries', width: 68, cell: (call) => <Tries call={call} /> },
  {
    id: 'first',
    title: 'First (ms)',
    tip: 'Until the first token',
    width: 80,
    align: 'right',
    cell: (call) => number(call.firstTokenMs),
  },
  {
    id: 'ms',
    title: 'Total (ms)',
    width: 80,
    align: 'right',
    cell: (call) => (call.status === 'running' ? <Elapsed since={call.startedAt} /> : formatCount(call.durationMs)),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    tip: 'In and out',
    width: 90,
    align: 'right',
    cell: ({ inputTokens, outputTokens }) =>
      inputTokens + outputTokens === 0 ? (
        <Nothing />
      ) : (
        <span data-tip={`${formatCount(inputTokens)} in, ${formatCount(outputTokens)} out`}>
          {formatCount(inputTokens)} <span className="text-faint">+</span> {formatCount(outputTokens)}
        </span>
      ),
  },
  {
    id: 'cost',
    title: 'Cost (USD)',
    width: 86,
    align: 'right',
    cell: (call) => (
      <Money
        usd={call.costUsd}
        bare
        reason={
          call.inputTokens + call.outputTokens === 0
            ? 'No tokens are known, so there is nothing to price'
            : `Unknown: no price is known for ${call.model}`
        }
      />
    ),
  },
  { id: 'cache', title: 'Cache', width: 70, cell: (call) => <Cached call={call} /> },
  { id: 'key', title: 'Key', width: 104, wideOnly: true, cell: (call) => text(call.keyId && keyName(call.keyId)) },
  { id: 'user', title: 'User', width: 104, wideOnly: true, cell: (call) => text(call.userId) },
]

/** How long a call runs, moving. */
function Elapsed({ since }: { since: string }) {
  const now = useClock(true)
  return <span className="text-accent">{formatCount(Math.max(0, Math.round((now / 1000 - Date.parse(since)) / 100) * 100))}</span>
}

/** Where the call was asked to go, and where it went; one name where that is the same. */
function Route({ call }: { call: Span }) {
  const target = [call.provider, call.model].filter(Boolean).join('/')
  const same = call.requestModel === target || call.requestModel === null || call.requestModel === call.model
  return (
    <span className="flex min-w-0 items-center gap-1.5 font-mono text-sm" data-tip={same ? target : `${call.requestModel}\n→ ${target}`}>
      {!same && (
        <>
          <span className="max-w-[45%] min-w-0 shrink-0 truncate font-medium">{call.requestModel}</span>
          <ArrowRight size={12} className="shrink-0 text-faint" aria-label="to" />
        </>
      )}
      <span className={`truncate ${same ? '' : 'text-soft'}`}>{target || call.requestModel || '–'}</span>
    </span>
  )
}

/** More than one try is worth seeing; none is an answer of the cache or a refusal. */
function Tries({ call }: { call: Span }) {
  if (call.source !== 'gateway' || call.attempts === 0) return <Nothing />
  if (call.attempts === 1) return <span className="text-faint">1</span>
  return (
    <span
      className="flex items-center gap-1 text-warning"
      data-tip={`${plural(call.attempts - 1, 'try').replace('trys', 'tries')} failed before this answer. The trace has each with its reason.`}
    >
      <CornerDownRight size={12} aria-hidden />
      {call.attempts} tries
    </span>
  )
}

function Cached({ call }: { call: Span }) {
  if (call.cache !== 'hit' && call.cache !== 'semantic') return <span className="text-faint">{call.cache ?? '–'}</span>
  return (
    <span
      className="flex items-center gap-1 text-ok"
      data-tip={call.cache === 'semantic' ? `An answer to a question ${call.similarity?.toFixed(3) ?? ''} close` : 'A kept answer'}
    >
      <Database size={12} aria-hidden />
      {call.cache}
    </span>
  )
}

const clock = (time: number): string => {
  const date = new Date(time)
  return `${date.toLocaleTimeString('en-GB')}.${Math.floor(date.getMilliseconds() / 100)}`
}
