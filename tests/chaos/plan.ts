import type { Random } from '../../bench/store/random.ts'
import { DIALECTS, type Dialect } from './dialects.ts'

/** What one target does with a call. */
export type Fault = { fault?: string | number; at?: number; retryAfter?: number; times?: number; chunkMs?: number; delayMs?: number }
export const TARGETS = ['a', 'b', 'c'] as const
export type TargetName = (typeof TARGETS)[number]
/** How a client leaves: after so many pieces of a stream, after a time, or when it is told to. */
export type Leaving = { pieces: number } | { ms: number } | { when: Promise<unknown> }
export type Plan = {
  /** Stands in the texts. */
  id: string
  /** Names the call in the store, where `id` is not that of one call only. */
  call?: string
  /** Whom the app serves. */
  user?: string
  /** Instead of the usual one. */
  secretKey?: string
  dialect: Dialect
  stream: boolean
  model: string
  /** By target, in the order of the alias. */
  faults: Record<TargetName, Fault>
  leaves?: Leaving
  /** Its client may be gone before the request is there, or before it is told that it is refused. */
  mayGoUnheard?: boolean
}

export const WORDS = 6
/** Each target says it in its own name, so that a mixture is seen. */
export const textAt = (target: TargetName, id: string): string =>
  Array.from({ length: WORDS }, (_, word) => `${target}-${id}-${word}`).join(' ')

/** The last user message: the same for all targets, and each finds its own part in it. */
export const scriptOf = ({ id, faults }: Plan): string =>
  JSON.stringify({ per: Object.fromEntries(TARGETS.map((name) => [name, { text: textAt(name, id), ...faults[name] }])) })

const pick = <T>(chance: Random, list: readonly [T, ...T[]]): T => list[chance.below(list.length)] ?? list[0]

/** Before a reader can see anything; `hang`, `slow` and a slow first token come to their end by the deadlines of the alias. */
const EARLY: readonly [(chance: Random) => Fault, ...((chance: Random) => Fault)[]] = [
  () => ({ fault: 'refuse' }),
  () => ({ fault: 'hang' }),
  () => ({ fault: 'hang', at: 0 }),
  () => ({ fault: 'cut', at: 0 }),
  () => ({ fault: 'wrong-type' }),
  () => ({ fault: 429, retryAfter: 0.01 }),
  () => ({ fault: 429, retryAfter: 0.01, times: 1 }),
  () => ({ fault: 500 }),
  () => ({ fault: 500, times: 1 }),
  () => ({ fault: 503 }),
  () => ({ fault: 500, at: 0 }),
  () => ({ fault: 401 }),
]
/** After it: the end of such a call is an error that its client sees. */
const LATE: readonly [(chance: Random) => Fault, ...((chance: Random) => Fault)[]] = [
  (chance) => ({ fault: 'cut', at: 1 + chance.below(WORDS) }),
  (chance) => ({ fault: 'hang', at: 1 + chance.below(WORDS) }),
  (chance) => ({ fault: 500, at: 1 + chance.below(WORDS) }),
  (chance) => ({ fault: 'slow', delayMs: 0, chunkMs: 3500, at: 1 + chance.below(WORDS - 1) }),
  () => ({ fault: 'garbage', at: WORDS }),
]

/** One call by chance: mostly something goes wrong, and sometimes the client leaves. */
export function planOf(chance: Random, id: string, model: string): Plan {
  const fault = (): Fault => {
    const what = chance.below(10)
    return what < 5 ? pick(chance, EARLY)(chance) : what < 7 ? pick(chance, LATE)(chance) : {}
  }
  return {
    id,
    dialect: pick(chance, DIALECTS as [Dialect, ...Dialect[]]),
    stream: chance.below(2) === 0,
    model,
    faults: { a: fault(), b: fault(), c: chance.below(3) === 0 ? fault() : {} },
  }
}

/** Long enough for the call to be at the provider, whatever else the machine does. */
const LEAVES_AFTER_MS = 1200

/** A call whose client leaves while the provider is quiet: it has sent so many pieces, and nothing comes after them. */
export function leavingPlan(chance: Random, id: string, model: string): Plan {
  const plan = planOf(chance, id, model)
  const pieces = 1 + chance.below(WORDS - 1)
  const faults = { a: { fault: 'hang', at: pieces }, b: {}, c: {} }
  return chance.below(2) === 0
    ? { ...plan, stream: true, faults, leaves: { pieces } }
    : { ...plan, faults: { a: { fault: 'hang' }, b: {}, c: {} }, leaves: { ms: LEAVES_AFTER_MS + chance.below(60) } }
}

export const nameOf = ({ call, id }: Plan): string => call ?? id

/** Whether a fault lets an answer come whole. */
export const isHarmless = ({ fault }: Fault): boolean => fault === undefined

/** A target that fails so early that another one takes its place. Of a whole answer nothing is out before its end. */
export function isPassedOver({ fault, at, times }: Fault, stream: boolean): boolean {
  if (fault === undefined) return false
  if (times !== undefined) return false
  return !stream || at === undefined || at === 0
}
