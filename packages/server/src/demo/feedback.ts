import type { Random } from './random.ts'
import type { TicketType } from './tickets/ticket.ts'
import { type DemoTrace, endOf } from './traces/trace.ts'
import type { Quality } from './traces/turn-trace.ts'

/** A judgement as `POST /api/v1/scores` takes it. */
export type DemoScore = {
  id: string
  traceId: string
  name: 'thumbs' | 'rating' | 'groundedness' | 'accuracy'
  value: boolean | number | string
  comment?: string
  source: 'feedback' | 'eval' | 'annotation'
  environment: string
  at: string
}

const THUMBS_UP: Record<Quality, number> = { good: 0.88, vague: 0.14, sorry: 0.3, none: 0 }
const RATINGS: Record<Quality, Record<string, number>> = {
  good: { 5: 55, 4: 30, 3: 10, 2: 4, 1: 1 },
  vague: { 3: 15, 2: 40, 1: 45 },
  sorry: { 4: 10, 3: 35, 2: 35, 1: 20 },
  none: { 2: 20, 1: 80 },
}
const COMMENTS: Record<Quality, readonly string[]> = {
  good: ['Not what I asked', 'Too long', 'I wanted to talk to a person', 'Wrong language for my invoice'],
  vague: ['Too vague', 'Too vague', 'Does not answer my question', 'Same text twice, no help', 'It should know my order'],
  sorry: ['Try again later is not an answer', 'Too slow', 'I needed this today'],
  none: ['No answer at all', 'It just stopped'],
}
const PRAISE = ['Quick and clear', 'Solved in a minute, thanks', 'Better than waiting on the phone', 'Friendly']
const HIGHER_BY: Partial<Record<TicketType, number>> = { login: 0.03, delivery: -0.04 }

type About = {
  random: Random
  ids: Random
  trace: DemoTrace
  quality: Quality
  type: TicketType
  last: boolean
  endsAt: number
  tooVague: boolean
}

/** What is said of one answer: by the customer, who seldom does, by an evaluator on a sample, and by a person who reviews. */
export function feedbackOf({ random, ids, trace, quality, type, last, endsAt, tooVague }: About): DemoScore[] {
  const scores: DemoScore[] = []
  const { environment } = trace.resource
  const add = (score: Pick<DemoScore, 'name' | 'value' | 'source' | 'comment'>, after: number) => {
    const at = endOf(trace) + after
    // Nobody judges in the future.
    if (at <= endsAt)
      scores.push({ id: `demo-${ids.hex(16)}`, traceId: trace.traceId, environment, at: new Date(at).toISOString(), ...score })
  }
  const up = random.chance(THUMBS_UP[quality] + (quality === 'good' ? (HIGHER_BY[type] ?? 0) : 0))
  const says = random.chance(quality === 'good' ? 0.2 : 0.42)
  const comment = up
    ? random.chance(0.12)
      ? random.pick(PRAISE)
      : undefined
    : random.chance(0.6)
      ? random.pick(COMMENTS[quality])
      : undefined
  if (tooVague) add({ name: 'thumbs', value: false, source: 'feedback', comment: 'Too vague' }, 20_000)
  else if (says) add({ name: 'thumbs', value: up, source: 'feedback', ...(comment && { comment }) }, random.int(4000, 90_000))
  const rating = Number(random.weighted(RATINGS[quality]))
  if (random.chance(0.3) && last) add({ name: 'rating', value: rating, source: 'feedback' }, random.int(20_000, 300_000))
  const grounded = quality === 'vague' ? 0.35 + random.next() * 0.35 : Math.min(1, 0.8 + random.next() * 0.22)
  if (random.chance(0.12) && quality !== 'none')
    add({ name: 'groundedness', value: Number(grounded.toFixed(2)), source: 'eval' }, random.int(1000, 5000))
  const accuracy = quality === 'good' ? random.weighted({ accurate: 86, 'somewhat accurate': 11, inaccurate: 3 }) : 'inaccurate'
  if (random.chance(0.03)) add({ name: 'accuracy', value: accuracy, source: 'annotation' }, random.int(3_600_000, 14_400_000))
  return scores
}
