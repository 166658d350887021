import type { CacheMatch } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { Ban, ThumbsDown } from 'lucide-react'
import { useState } from 'react'
import { useProject } from '../../data/view.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { Ago, Money } from '../../ui/values.tsx'
import { type Outcome, useCacheChanges, useMatches } from './use-cache.ts'

const NOTHING: Record<Outcome, string> = {
  given: 'No question in other words was given a kept answer in this time. Only aliases with mode: semantic compare questions.',
  refused: 'No question was close enough to a kept one and yet another question.',
}

/** Questions beside the ones that they were taken for, so that a wrong answer is seen. */
export function MatchList({ mayWrite }: { mayWrite: boolean }) {
  const [outcome, setOutcome] = useState<Outcome>('given')
  const matches = useMatches(outcome)
  return (
    <Panel
      title="Questions in other words"
      description={
        outcome === 'given'
          ? 'Each got the answer to the kept question beside it. Say so where that was wrong.'
          : 'Close to a kept question, but different in something that matters, so they were answered anew.'
      }
      actions={
        <Segmented
          label="Outcome"
          value={outcome}
          onChange={setOutcome}
          choices={[
            { value: 'given', label: 'Answered' },
            { value: 'refused', label: 'False friends' },
          ]}
        />
      }
    >
      <Loaded query={matches} skeleton={<SkeletonRows rows={4} />}>
        {({ pages }) => {
          const hits = pages.flatMap((page) => page.hits)
          if (hits.length === 0) return <p className="px-3 py-4 text-faint">{NOTHING[outcome]}</p>
          return (
            <>
              <ul aria-label={outcome === 'given' ? 'Answered questions' : 'False friends'}>
                {hits.map((match) => (
                  <Match key={match.spanId} match={match} mayWrite={mayWrite} />
                ))}
              </ul>
              <ShowMore list={matches} />
            </>
          )
        }}
      </Loaded>
    </Panel>
  )
}

function Match({ match, mayWrite }: { match: CacheMatch; mayWrite: boolean }) {
  const { traceId, keptTraceId, outcome, reasons } = match
  return (
    <li className="border-b border-line px-3 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="tabular" data-tip="Cosine of the two questions: 1 is the same">
          {match.similarity.toFixed(3)}
        </span>
        <span className="font-mono text-sm">{match.model}</span>
        <span className="text-sm text-faint">
          <Ago time={match.at} />
        </span>
        {outcome === 'given' && (
          <span className="text-sm text-faint">
            saved <Money usd={match.savedUsd} reason="No price is known for what was answered again" />
          </span>
        )}
        {reasons.map((reason) => (
          <Badge key={reason} tone="warning" tip="The question, and the kept one">
            {reason}
          </Badge>
        ))}
        <span className="ml-auto">{outcome === 'given' && <Verdict match={match} mayWrite={mayWrite} />}</span>
      </div>
      <dl className="mt-1.5 grid gap-x-4 gap-y-1.5 lg:grid-cols-2">
        <Question title="Asked" text={match.question} traceId={traceId} />
        <Question title={outcome === 'given' ? 'Kept question' : 'Close to'} text={match.keptQuestion} traceId={keptTraceId} />
      </dl>
      {outcome === 'given' && match.answer !== '' && (
        <p className="mt-1.5 line-clamp-2 text-sm text-soft">
          <span className="text-faint">Answer: </span>
          {match.answer}
        </p>
      )}
    </li>
  )
}

function Question({ title, text, traceId }: { title: string; text: string | null; traceId: string | null }) {
  const project = useProject()
  return (
    <div className="min-w-0">
      <dt className="text-sm text-faint">
        {title}
        {traceId !== null && (
          <>
            {' · '}
            <Link to="/p/$project/traces/$traceId" params={{ project, traceId }} className="text-accent hover:underline">
              trace<span className="sr-only"> of: {title}</span>
            </Link>
          </>
        )}
      </dt>
      <dd className="line-clamp-4 break-words">{text ?? <span className="text-faint">not kept: this project keeps no content</span>}</dd>
    </div>
  )
}

function Verdict({ match, mayWrite }: { match: CacheMatch; mayWrite: boolean }) {
  const { reject } = useCacheChanges()
  const [busy, setBusy] = useState(false)
  if (match.rejected)
    return (
      <Badge tone="error" icon={<Ban size={12} aria-hidden />}>
        wrong: not given any more
      </Badge>
    )
  if (!mayWrite) return null
  return (
    <Button
      size="small"
      disabled={busy}
      onClick={async () => {
        setBusy(true)
        try {
          await reject(match)
          toast({ title: 'The answer is not given again', description: 'It is gone for the kept question, too.' })
        } catch (error) {
          toast({ title: 'That could not be noted', description: error instanceof Error ? error.message : String(error), tone: 'error' })
        } finally {
          setBusy(false)
        }
      }}
    >
      <ThumbsDown size={13} aria-hidden />
      Wrong answer
    </Button>
  )
}
