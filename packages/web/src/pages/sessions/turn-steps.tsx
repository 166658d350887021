import type { TurnStep } from '@signalbox/schema'
import { lazy, Suspense, useState } from 'react'
import { plural } from '../../lib/format-number.ts'
import { Fold } from '../trace/fold.tsx'
import { SpanKindIcon } from '../trace/span-kind.tsx'
import { Box, TraceLink } from './turn-parts.tsx'

const StepDetail = lazy(() => import('./step-detail.tsx'))
/** More than these are folded, except those that failed. */
const SHOWN = 6

type StepsProps = { project: string; traceId: string; steps: readonly TurnStep[]; count: number }
/** What was done between question and answer, a line each. */
export function Steps({ project, traceId, steps, count }: StepsProps) {
  const [all, setAll] = useState(steps.length <= SHOWN + 2)
  const shown = all ? steps : steps.filter((step, at) => at < SHOWN || isFailed(step))
  return (
    <Box>
      {shown.map((step) => (
        <Step key={step.spanId} project={project} traceId={traceId} step={step} />
      ))}
      {shown.length < steps.length && (
        <button type="button" onClick={() => setAll(true)} className="block h-8 w-full bg-surface-0 text-accent hover:underline">
          {plural(steps.length - shown.length, 'more step')}, show
        </button>
      )}
      {all && count > steps.length && (
        <p className="px-2.5 py-1.5 text-sm text-faint">
          and{' '}
          <TraceLink project={project} traceId={traceId}>
            {plural(count - steps.length, 'more step')} in the trace
          </TraceLink>
        </p>
      )}
    </Box>
  )
}

const isFailed = ({ status }: TurnStep) => status === 'error' || status === 'interrupted'

function Step({ project, traceId, step }: { project: string; traceId: string; step: TurnStep }) {
  const failed = isFailed(step)
  const detail = failed ? (step.statusMessage ?? step.outputPreview) : [step.inputPreview, step.outputPreview].filter(Boolean).join(' → ')
  return (
    <Fold
      icon={<SpanKindIcon kind={step.kind} />}
      summary={failed ? `${step.name} failed` : step.name}
      detail={detail.replace(/\s+/g, ' ')}
      {...(failed && { tone: 'error' as const })}
    >
      <Suspense fallback={null}>
        <StepDetail project={project} traceId={traceId} step={step} />
      </Suspense>
    </Fold>
  )
}
