import type { Meter } from './admission-meters.ts'
import { periodEnd } from './admission-refusal.ts'
import { partOf, type Rule } from './admission-rules.ts'

export type Limited = { rule: Rule; meter: Meter }

type Measure = 'requests' | 'tokens'
type Tightest = { limit: number; remaining: number; resetAt: number }

/** Header values are visible ASCII, and `names` are. */
const NONE: readonly string[] = []

/**
 * Limits of requests and tokens and what is left of them, in the words of a dialect (OpenAI's, where it has none of its own), and the
 * budgets that are nearly spent: names and values in turn.
 */
export function limitHeaders(limited: readonly Limited[], { dialect, at }: { dialect: string; at: number }): readonly string[] {
  let headers: string[] | undefined
  let warnings = ''
  let requests: Tightest | undefined
  let tokens: Tightest | undefined
  for (const { rule, meter } of limited) {
    const { measure, name } = rule.budget
    const taken = meter.taken(at)
    if (measure !== 'concurrent') {
      const used = meter.used(at)
      if (used >= rule.warnFrom && rule.limit > 0) warnings += `${warnings && ', '}${name} ${Math.floor((used / rule.limit) * 100)}%`
    }
    if (!rule.isHard) continue
    if (measure === 'requests') requests = tighter(requests, rule, taken, at)
    else if (measure === 'tokens') tokens = tighter(tokens, rule, taken, at)
  }
  if (requests) headers = write(headers ?? [], 'requests', requests, { dialect, at })
  if (tokens) headers = write(headers ?? [], 'tokens', tokens, { dialect, at })
  if (warnings) {
    headers ??= []
    headers.push('x-signalbox-budget-warning', warnings)
  }
  return headers ?? NONE
}

function tighter(known: Tightest | undefined, rule: Rule, taken: number, at: number): Tightest {
  const { budget } = rule
  const limit = partOf(rule)
  const remaining = Math.max(0, limit - taken)
  if (known && known.remaining <= remaining) return known
  const per = budget.per ?? 'month'
  return { limit, remaining, resetAt: per === 'minute' ? at + 60_000 : periodEnd(per, at) }
}

function write(
  headers: string[],
  measure: Measure,
  { limit, remaining, resetAt }: Tightest,
  { dialect, at }: { dialect: string; at: number },
) {
  if (dialect === 'anthropic') {
    const name = `anthropic-ratelimit-${measure}`
    const reset = `${new Date(resetAt).toISOString().slice(0, 19)}Z`
    headers.push(`${name}-limit`, String(limit), `${name}-remaining`, String(Math.floor(remaining)), `${name}-reset`, reset)
    return headers
  }
  headers.push(
    `x-ratelimit-limit-${measure}`,
    String(limit),
    `x-ratelimit-remaining-${measure}`,
    String(Math.floor(remaining)),
    `x-ratelimit-reset-${measure}`,
    duration(resetAt - at),
  )
  return headers
}

/** As OpenAI writes one: `6m0s`, `1h2m3s`. */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`
}
