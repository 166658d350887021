import type { ExperimentGate, ExperimentSummary } from '@signalbox/schema'
import { Ban, CircleAlert, CircleCheck, CircleHelp, CirclePause, CircleX, Hourglass, LoaderCircle, TriangleAlert } from 'lucide-react'
import { formatCount } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'

const STATES = {
  queued: { tone: 'unknown', icon: Hourglass, word: 'queued' },
  running: { tone: 'accent', icon: LoaderCircle, word: 'running' },
  paused: { tone: 'warning', icon: CirclePause, word: 'paused' },
  stopped: { tone: 'unknown', icon: Ban, word: 'stopped' },
  failed: { tone: 'error', icon: CircleAlert, word: 'failed' },
  done: { tone: 'unknown', icon: CircleCheck, word: 'done' },
} as const

/** Where an experiment is: an icon and a word; why it went no further, on hover. */
export function ExperimentStateBadge({ experiment: { state, why } }: { experiment: Pick<ExperimentSummary, 'state' | 'why'> }) {
  const { tone, icon: Icon, word } = STATES[state]
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />} {...(why && { tip: why })}>
      {word}
    </Badge>
  )
}

const OUTCOMES = {
  pass: { tone: 'ok', icon: CircleCheck, word: 'passed' },
  fail: { tone: 'error', icon: CircleX, word: 'failed' },
  inconclusive: { tone: 'warning', icon: CircleHelp, word: 'inconclusive' },
  errors: { tone: 'error', icon: TriangleAlert, word: 'too many errors' },
} as const

/** What the gate says. */
export function GateBadge({ outcome }: { outcome: ExperimentGate['outcome'] }) {
  const { tone, icon: Icon, word } = OUTCOMES[outcome]
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {word}
    </Badge>
  )
}

/** How far it is, as a bar with its numbers. */
export function ProgressBar({ progress: { done, total }, wide = false }: { progress: { done: number; total: number }; wide?: boolean }) {
  const share = total === 0 ? 0 : done / total
  return (
    <span className={wide ? 'flex w-full items-center gap-2' : 'flex min-w-0 items-center gap-2'}>
      <span
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        className={`${wide ? 'flex-1' : 'w-14'} h-1.5 shrink-0 overflow-hidden rounded-full bg-surface-2`}
      >
        <span className="block h-full bg-accent-solid" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="tabular text-sm whitespace-nowrap text-soft" data-tip={`${formatCount(done)} of ${formatCount(total)} calls`}>
        {wide ? `${formatCount(done)} of ${formatCount(total)}` : `${Math.floor(share * 100)}%`}
      </span>
    </span>
  )
}
