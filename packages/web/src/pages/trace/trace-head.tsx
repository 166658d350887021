import type { Trace } from '@signalbox/schema'
import { lazy, type ReactNode, Suspense } from 'react'
import { formatCount, plural } from '../../lib/format-number.ts'
import { lowerBound } from '../../lib/lower-bound.ts'
import { Status } from '../../ui/badge.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Ago, Duration, Money } from '../../ui/values.tsx'
import { CompareWith } from './compare-with.tsx'
import { DeleteTrace } from './delete-trace.tsx'
import { WhoseTrace } from './whose-trace.tsx'

const Feedback = lazy(() => import('./feedback.tsx'))

/** What a trace was, in two lines. */
export function TraceHead({ trace, actions }: { trace: Trace; actions: ReactNode }) {
  const id = trace.externalId ?? trace.traceId
  return (
    <header className="flex shrink-0 items-start gap-3 border-b border-line py-2.5 pr-3 pl-4">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2.5">
          <h1 className="truncate text-lg font-semibold">{trace.name || 'unnamed'}</h1>
          <Status status={trace.status} />
        </div>
        <div className="flex flex-wrap items-center gap-x-3 text-soft">
          <CopyId id={id} what="trace id" className="-ml-1">
            {id.slice(0, 16)}
          </CopyId>
          <Ago time={trace.startedAt} />
          {(trace.status !== 'running' || trace.durationMs > 0) && <Duration milliseconds={trace.durationMs} />}
          <span>{plural(trace.spanCount, 'span')}</span>
          {trace.inputTokens + trace.outputTokens > 0 && (
            <span data-tip={`${formatCount(trace.inputTokens)} in, ${formatCount(trace.outputTokens)} out`}>
              {formatCount(trace.inputTokens + trace.outputTokens)} tokens
            </span>
          )}
          {trace.models.length > 0 && (
            <span>
              <Money usd={trace.costUsd} reason={`Unknown: no price is known for ${trace.models.join(', ')}`} />
              {lowerBound(trace) && <span data-tip={lowerBound(trace)}>+</span>}
            </span>
          )}
          <WhoseTrace trace={trace} />
        </div>
      </div>
      <div className="flex items-center gap-0.5">
        <Suspense fallback={<span className="h-6 w-21" />}>
          <Feedback trace={trace} />
        </Suspense>
        <CompareWith trace={trace} />
        <DeleteTrace trace={trace} />
        {actions}
      </div>
    </header>
  )
}
