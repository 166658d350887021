import type { ExperimentAnswer } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useProject } from '../../../data/view.ts'
import { formatCount } from '../../../lib/format-number.ts'
import { Duration, Money } from '../../../ui/values.tsx'

/** What an answer took, and the way to its trace. */
export function AnswerFacts({ answer: { latencyMs, costUsd, inputTokens, outputTokens, cached, traceId } }: { answer: ExperimentAnswer }) {
  const project = useProject()
  return (
    <p className="flex flex-wrap gap-x-3 border-t border-line px-2.5 py-1 text-sm text-soft">
      <Duration milliseconds={latencyMs} />
      <Money usd={costUsd} reason="No price is known for its model" />
      {(inputTokens !== null || outputTokens !== null) && (
        <span className="tabular">
          {formatCount(inputTokens)} → {formatCount(outputTokens)} tokens
        </span>
      )}
      {cached && <span data-tip="Asked the same in an earlier run: time and cost are those of the first call">from an earlier run</span>}
      {traceId && (
        <Link to="/p/$project/traces/$traceId" params={{ project, traceId }} className="ml-auto text-accent underline underline-offset-2">
          Trace
        </Link>
      )}
    </p>
  )
}
