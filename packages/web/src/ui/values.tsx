import { useSyncExternalStore } from 'react'
import { exactUsd, formatUsd } from '../lib/format-money.ts'
import { exactTime, formatAgo, formatDuration, formatMoment } from '../lib/format-time.ts'

type MoneyProps = { usd: string | number | null; bare?: boolean; reason?: string }
/** Money to three significant digits, exact on hover; unknown is `–` with its reason. */
export function Money({ usd, bare = false, reason }: MoneyProps) {
  const tip = usd === null && reason ? reason : exactUsd(usd)
  return (
    <span data-tip={tip}>
      {formatUsd(usd, { bare })}
      {usd === null && <span className="sr-only">unknown</span>}
    </span>
  )
}

/** How long ago, with the exact moment on hover. */
export function Ago({ time }: { time: string }) {
  const now = useNow()
  return (
    <time dateTime={time} data-tip={exactTime(time)}>
      {formatAgo(time, now)}
    </time>
  )
}

/** A moment to the second, exact and in UTC on hover. */
export function At({ time }: { time: string }) {
  return (
    <time dateTime={time} data-tip={exactTime(time)} className="tabular whitespace-nowrap">
      {formatMoment(time)}
    </time>
  )
}

/** A duration with the unit that fits, exact on hover. */
export function Duration({ milliseconds }: { milliseconds: number | null }) {
  return (
    <span data-tip={milliseconds === null ? 'Not measured' : `${milliseconds.toLocaleString('en-US', { maximumFractionDigits: 3 })} ms`}>
      {formatDuration(milliseconds)}
    </span>
  )
}

/** The time, moving every five seconds, shared by everything that shows an age. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current)
}

let current = Date.now()
const listeners = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined
function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    current = Date.now()
    ticking = setInterval(() => {
      current = Date.now()
      for (const notify of listeners) notify()
    }, 5_000)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(ticking)
  }
}
