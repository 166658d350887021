import type { Filter, Span } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { CALLS } from '../../data/calls.ts'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Duration, Money } from '../../ui/values.tsx'
import type { RunState } from './run.ts'
import { factsOf, type RunFacts } from './run-facts.ts'

/** How often, and how long, the spans of a run are looked for: they can be read two seconds after its end, where nothing holds them up. */
const LOOKS = 40
const EVERY_MS = 500

/** What a run took: as its trace says, and until that can be read, as the page saw it. */
export function RunFactsLine({ project, state }: { project: string; state: RunState }) {
  const { status, steps, traceId } = state
  const isOver = status !== 'running' && status !== 'waiting' && steps.length > 0 && traceId !== ''
  const isWhole = (calls: readonly Span[] | undefined) =>
    calls !== undefined && calls.length >= steps.length && calls.every(({ status }) => status !== 'running')
  const found = useQuery({
    queryKey: [...keys.trace(project, traceId), 'playground', steps.length],
    queryFn: async ({ signal }) => {
      const filter: Filter[] = [{ field: 'traceId', op: 'eq', value: traceId }, CALLS]
      return (await clientFor(project).spans.list({ filter, limit: 50 }, { signal })).spans.toReversed()
    },
    enabled: isOver,
    // A call that was refused has no span: after a while nobody looks any more, and what the page saw is all there is.
    refetchInterval: ({ state: { data, dataUpdateCount } }) => (isWhole(data) || dataUpdateCount >= LOOKS ? false : EVERY_MS),
  })
  const calls = isWhole(found.data) ? found.data : undefined
  const facts = factsOf(state, calls)
  const model = calls?.at(-1)
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm">
      <Figures facts={facts} isMeasured={calls !== undefined} />
      {isOver && (status !== 'failed' || (found.data ?? []).length > 0) && (
        <Link
          to="/p/$project/traces/$traceId"
          params={{ project, traceId }}
          className="ml-auto flex items-center gap-1 text-accent hover:underline"
          {...(model?.model && { 'data-tip': `Answered by ${model.provider}/${model.model}` })}
        >
          Trace <ExternalLink size={12} aria-hidden />
        </Link>
      )}
    </div>
  )
}

function Figures({ facts, isMeasured }: { facts: RunFacts; isMeasured: boolean }) {
  const { costUsd, inputTokens, outputTokens, firstTokenMs, ms, tokensPerSecond } = facts
  return (
    <dl className="flex flex-wrap gap-x-3 gap-y-0.5">
      <Figure title="Cost">
        <Money usd={costUsd} reason={isMeasured ? 'No price is known for this model' : 'Known as soon as the trace can be read'} />
      </Figure>
      <Figure title="Tokens">{inputTokens === null ? '–' : `${formatCount(inputTokens)} in, ${formatCount(outputTokens ?? 0)} out`}</Figure>
      <Figure title="First token">
        <Duration milliseconds={firstTokenMs} />
      </Figure>
      <Figure title="Took">
        <Duration milliseconds={ms} />
      </Figure>
      <Figure title="Tokens/s">{tokensPerSecond === null ? '–' : formatCount(Math.round(tokensPerSecond))}</Figure>
    </dl>
  )
}

function Figure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex gap-1 whitespace-nowrap">
      <dt className="text-faint">{title}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  )
}
