import type { ShownSplit } from '@signalbox/schema'
import { Check, CircleDot, Clock } from 'lucide-react'
import { classNames } from '../../lib/class-names.ts'
import { exactTime, formatDuration } from '../../lib/format-time.ts'
import { useNow } from '../../ui/values.tsx'
import { type CanaryStep, canarySteps } from './canary-steps.ts'

const HEIGHT = 72

/** The steps of a canary as stairs over time: how many of the calls go to the new target, and where it stands now. */
export function CanaryTimeline({ split }: { split: ShownSplit }) {
  const now = useNow()
  const steps = canarySteps(split, now)
  const first = steps[0]
  if (!first) return null
  const bounded = steps.map((step) => ({ ...step, milliseconds: (step.to ?? step.from) - step.from }))
  // Steps may last minutes or days: each has room for its words, the rest goes by the root of its length.
  const longest = Math.max(1, ...bounded.map(({ milliseconds }) => milliseconds))
  const room = bounded.map(({ milliseconds, to }) => (to === null ? 1 : 0.6 + Math.sqrt(milliseconds / longest)))
  return (
    <div className="px-4 py-3">
      <ol className="flex items-end" aria-label="Steps">
        {bounded.map((step, at) => (
          <li key={`${step.from} ${step.percent}`} style={{ flexGrow: room[at], flexBasis: 0 }} className="min-w-0 pr-px">
            <div className="relative flex items-end" style={{ height: HEIGHT }}>
              <div
                className={classNames(
                  'relative w-full rounded-t-sm border-t-2',
                  step.state === 'now'
                    ? 'border-mark-1 bg-accent-soft'
                    : step.state === 'over'
                      ? 'border-mark-3 bg-surface-2'
                      : 'border-line-strong bg-surface-0',
                )}
                style={{ height: `${Math.max(4, step.percent)}%` }}
              >
                {step.state === 'now' && step.to !== null && (
                  <span
                    aria-hidden
                    className="absolute -top-1 bottom-0 w-px bg-text"
                    style={{ left: `${((now - step.from) / Math.max(1, step.milliseconds)) * 100}%` }}
                  />
                )}
              </div>
            </div>
            <p
              className={classNames(
                'flex items-center gap-1 border-t border-line pt-1 text-sm',
                step.state === 'now' ? 'font-medium text-text' : 'text-soft',
              )}
            >
              <StateIcon state={step.state} />
              {step.percent}%
            </p>
            <p className="truncate text-sm text-faint" data-tip={`From ${exactTime(new Date(step.from).toISOString())}`}>
              {words(step, now)}
            </p>
          </li>
        ))}
      </ol>
    </div>
  )
}

function StateIcon({ state }: { state: CanaryStep['state'] }) {
  if (state === 'over') return <Check size={12} className="text-faint" aria-label="over" />
  if (state === 'now') return <CircleDot size={12} className="text-accent" aria-label="now" />
  return <Clock size={12} className="text-faint" aria-label="ahead" />
}

function words({ state, from, to }: CanaryStep, now: number): string {
  if (state === 'now') return to === null ? 'stays' : `${formatDuration(to - now)} left`
  if (state === 'over') return `for ${formatDuration((to ?? from) - from)}`
  return `in ${formatDuration(from - now)}`
}
