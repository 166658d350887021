import { cva } from 'class-variance-authority'
import { Ban, CircleAlert, CircleCheck, CircleDashed, CircleHelp, Hourglass, TriangleAlert, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

export type Tone = 'ok' | 'warning' | 'error' | 'guard' | 'unknown' | 'accent'

const badgeStyle = cva('inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap', {
  variants: {
    tone: {
      ok: 'bg-ok-soft text-ok',
      warning: 'bg-warning-soft text-warning',
      error: 'bg-error-soft text-error',
      guard: 'bg-guard-soft text-guard',
      unknown: 'bg-unknown-soft text-unknown',
      accent: 'bg-accent-soft text-accent',
    },
  },
})

type BadgeProps = { tone?: Tone; icon?: ReactNode; children: ReactNode; tip?: string; className?: string }
/** A word with a colour behind it; the colour never stands alone. */
export function Badge({ tone = 'unknown', icon, children, tip, className }: BadgeProps) {
  return (
    <span className={classNames(badgeStyle({ tone }), className)} {...(tip && { 'data-tip': tip })}>
      {icon}
      {children}
    </span>
  )
}

const STATUS = {
  ok: { tone: 'ok', icon: CircleCheck, word: 'ok' },
  error: { tone: 'error', icon: CircleAlert, word: 'error' },
  aborted: { tone: 'warning', icon: Ban, word: 'aborted' },
  interrupted: { tone: 'warning', icon: Unplug, word: 'interrupted' },
  running: { tone: 'accent', icon: Hourglass, word: 'running' },
  incomplete: { tone: 'unknown', icon: CircleDashed, word: 'incomplete' },
  warning: { tone: 'warning', icon: TriangleAlert, word: 'warning' },
} as const satisfies Record<string, { tone: Tone; icon: typeof Ban; word: string }>
const UNKNOWN_STATUS = { tone: 'unknown', icon: CircleHelp } as const
const TEXT: Record<Tone, string> = {
  ok: 'text-ok',
  warning: 'text-warning',
  error: 'text-error',
  guard: 'text-guard',
  unknown: 'text-unknown',
  accent: 'text-accent',
}

/** The status of a trace or span as an icon with its word; `quiet` shows the word only where it is not ok. */
export function Status({ status, quiet = false, tip }: { status: string; quiet?: boolean; tip?: string | null }) {
  const { tone, icon: Icon } = status in STATUS ? STATUS[status as keyof typeof STATUS] : UNKNOWN_STATUS
  return (
    <span className={classNames('inline-flex items-center gap-1 align-bottom', TEXT[tone])} {...(tip && { 'data-tip': tip })}>
      <Icon size={14} aria-hidden />
      <span className={classNames('text-sm', quiet && status === 'ok' && 'sr-only')}>{status}</span>
    </span>
  )
}
