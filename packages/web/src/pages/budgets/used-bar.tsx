import type { SubjectUse } from '@signalbox/schema'
import { Ban, CircleCheck, TriangleAlert } from 'lucide-react'
import { Badge } from '../../ui/badge.tsx'

export type BudgetState = SubjectUse['state']

const STATES = {
  ok: { tone: 'ok', icon: CircleCheck, word: 'ok', colour: 'bg-mark-1' },
  warned: { tone: 'warning', icon: TriangleAlert, word: 'warned', colour: 'bg-mark-warning' },
  'used-up': { tone: 'error', icon: Ban, word: 'used up', colour: 'bg-mark-error' },
  blocked: { tone: 'error', icon: Ban, word: 'used up', colour: 'bg-mark-error' },
} as const

const TIPS: Partial<Record<BudgetState, string>> = {
  'used-up': 'What is left is less than a call used on average: the next one like them is refused.',
  blocked: 'Nothing is left: the next call is refused.',
}

/** How a budget stands: an icon and a word; with a count where several have it. */
export function StateBadge({ state, count }: { state: BudgetState; count?: number }) {
  const { tone, icon: Icon, word } = STATES[state]
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />} {...(TIPS[state] && { tip: TIPS[state] })}>
      {count !== undefined && `${count} `}
      {word}
    </Badge>
  )
}

type Props = { percent: number | null; reserved?: number | null; warnAt: number; state: BudgetState; label: string }

/** The part of an amount that is used, with what is set aside for calls under way, and a mark where it begins to warn. */
export function UsedBar({ percent, reserved = null, warnAt, state, label }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw a meter of their own.
    <span
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.min(100, Math.round(percent ?? 0))}
      aria-valuetext={percent === null ? 'unknown' : `${percent}%`}
      className="relative inline-block h-2 w-16 shrink-0 xl:w-24 overflow-hidden rounded-sm bg-surface-2 align-middle"
    >
      <span className={`absolute inset-y-0 left-0 ${STATES[state].colour}`} style={{ width: `${Math.min(100, percent ?? 0)}%` }} />
      {reserved !== null && reserved > 0 && (
        <span className="absolute inset-y-0 bg-mark-unknown" style={{ left: `${Math.min(100, percent ?? 0)}%`, width: `${reserved}%` }} />
      )}
      <span aria-hidden className="absolute inset-y-0 w-px bg-text opacity-60" style={{ left: `${warnAt * 100}%` }} />
    </span>
  )
}
