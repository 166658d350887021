import type { Parsed, ReviewReason } from '@signalbox/schema'
import { randomOf } from '../statistics/means.ts'
import type { CallScore, Place } from './surroundings.ts'

type Rules = Pick<Parsed<'reviews.sample'>, 'uncertainBy' | 'threshold' | 'margin'>
export type Uncertainty = { reason: ReviewReason; weight: number }

/** Why a call is worth a look, with how much; undefined where nothing says so. What a user disliked and a guardrail flagged weighs most. */
export function uncertaintyOf({ traceId, spanId }: Place, scores: readonly CallScore[], rules: Rules): Uncertainty | undefined {
  const own = scores.filter(
    (score) => score.traceId === traceId && (score.spanId === '' || score.spanId === spanId) && score.value !== null,
  )
  const judged = own.filter(({ source }) => source === 'eval')
  const byName = new Map<string, number[]>()
  for (const { name, value } of judged) byName.set(name, [...(byName.get(name) ?? []), value ?? 0])
  const passes = (value: number) => value >= rules.threshold
  const nearest = Math.min(...judged.map(({ value }) => Math.abs((value ?? 0) - rules.threshold)), Number.POSITIVE_INFINITY)
  const latest = [...byName.values()].map((values) => passes(values.at(-1) ?? 0))
  const seen: Partial<Record<ReviewReason, number>> = {
    feedback: own.some(({ source, value }) => source === 'feedback' && (value ?? 1) <= 0) ? 4 : 0,
    guardrail: own.some(({ name, value }) => /^guardrail(\W|$)/i.test(name) && (value ?? 0) > 0) ? 3 : 0,
    'judges-disagree': latest.includes(true) && latest.includes(false) ? 2 : 0,
    flaky: [...byName.values()].some((values) => values.some(passes) && !values.every(passes)) ? 1.5 : 0,
    'near-threshold': nearest <= rules.margin ? 1 - nearest : 0,
  }
  let best: Uncertainty | undefined
  for (const reason of rules.uncertainBy) {
    const weight = seen[reason] ?? 0
    if (weight > (best?.weight ?? 0)) best = { reason, weight }
  }
  return best
}

type Sampling = Pick<Parsed<'reviews.sample'>, 'count' | 'randomShare'> & { seed: number }

/**
 * A part by lot from all candidates, whatever else is known of them, then what is uncertain, the most uncertain first. What is drawn by lot
 * stands evenly among the rest: whoever stops early has still answered a part by lot.
 */
export function choose<T extends Place>(
  candidates: readonly T[],
  uncertainty: (candidate: T) => Uncertainty | undefined,
  { count, randomShare, seed }: Sampling,
): (T & { reason: ReviewReason })[] {
  const shuffled = shuffle(candidates, randomOf(seed)).map((candidate) => ({ candidate, found: uncertainty(candidate) }))
  const uncertainFrom = (place: number) => shuffled.slice(place).filter(({ found }) => found !== undefined).length
  let lots = Math.min(shuffled.length, Math.max(1, Math.round(count * randomShare)))
  // Where too little is uncertain the part by lot grows. It is always the first of the shuffled ones, so that it stays a lot.
  while (lots < shuffled.length && lots + uncertainFrom(lots) < count) lots++
  const drawn = shuffled.slice(0, lots).map(({ candidate }) => ({ ...candidate, reason: 'random' as ReviewReason }))
  const rest = shuffled
    .slice(lots)
    .flatMap(({ candidate, found }) => (found ? [{ candidate, ...found }] : []))
    .sort((one, other) => other.weight - one.weight)
    .slice(0, count - lots)
    .map(({ candidate, reason }) => ({ ...candidate, reason }))
  return mix(drawn, rest)
}

/** Two lists in one, each evenly over its length. */
function mix<T>(one: readonly T[], other: readonly T[]): T[] {
  const placed = [one, other].flatMap((list) => list.map((value, at) => ({ value, place: (at + 0.5) / list.length })))
  return placed.sort((a, b) => a.place - b.place).map(({ value }) => value)
}

function shuffle<T>(values: readonly T[], random: () => number): T[] {
  const mixed = [...values]
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T]
  }
  return mixed
}
