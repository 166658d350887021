import { FALLBACK_ON, type FailureClass, type ModelEntry, type Retries } from '@signalbox/schema'
import type { Failure } from '../failure.ts'
import type { Verdict } from './breaker.ts'
import type { Candidate, Choice, NextTry } from './router.ts'

type Try = { candidate: Candidate; failure: Failure }

export type NextTryOptions = {
  retries: Retries
  /** What is left of the time for the call; undefined: as much as it takes. */
  msLeft?: number | undefined
  /** From 0 to 1. */
  random(): number
  mayTry(candidate: Candidate): Verdict
  /** Another key of a provider that may be used; undefined where there is none. */
  keyFor(candidate: Candidate, except: readonly (number | undefined)[]): number | undefined
}

/** What the same target may do better in a moment. */
const PASSING: ReadonlySet<FailureClass> = new Set(['transport', 'timeout', 'server', 'garbage'])
/** What another target does better at once, and the same one only after a pause. */
const BUSY: ReadonlySet<FailureClass> = new Set(['rate', 'overloaded'])
/** What another key of the same provider may do better. */
const OF_THE_KEY: ReadonlySet<FailureClass> = new Set(['auth', 'quota', 'rate'])

/**
 * What follows a failure, in this order: another key of the same provider, where the key was refused or is used up; the same target
 * again, after a pause, where that may help and it has tries left; the next target, where the alias falls back on such a failure; and
 * a target that is left alone, where that is over soon. Nothing, where the tries of the call are used up, or its time would be.
 */
export function nextTry(choice: Choice, tries: readonly Try[], options: NextTryOptions): NextTry {
  const last = tries.at(-1)
  if (!last || tries.length >= options.retries.total) return undefined
  return anotherKey(last, tries, options) ?? inOrder(choice, { last, tries, options })
}

/** Keys are tried without a pause: what one of them did says nothing of the others. */
function anotherKey({ candidate, failure }: Try, tries: readonly Try[], { keyFor }: NextTryOptions): NextTry {
  if (!OF_THE_KEY.has(failure.class) || !candidate.provider.moreKeys?.length) return undefined
  const tried = tries.filter((one) => isSame(one.candidate, candidate)).map(({ candidate: { key = 0 } }) => key)
  const key = keyFor(candidate, tried)
  return key === undefined
    ? undefined
    : { candidate: { ...candidate, key }, waitMs: 0, reason: `after ${failure.class} with key ${(candidate.key ?? 0) + 1}` }
}

function inOrder(choice: Choice, { last, tries, options }: { last: Try; tries: readonly Try[]; options: NextTryOptions }): NextTry {
  const { class: what } = last.failure
  const again = sameAgain(last, tries, options)
  const { now, later } = others(choice, { last, tries, options })
  return (PASSING.has(what) ? again : undefined) ?? now ?? again ?? later
}

/** The same target, where a pause may help it and is not too long. */
function sameAgain({ candidate, failure }: Try, tries: readonly Try[], options: NextTryOptions): NextTry {
  const { class: what, retryAfterMs = 0, isLasting } = failure
  if (isLasting) return undefined
  if (!PASSING.has(what) && !BUSY.has(what)) return undefined
  const { retries, random } = options
  const triedHere = tries.filter((one) => isSame(one.candidate, candidate) && one.candidate.key === candidate.key).length
  if (triedHere > retries.attempts) return undefined
  const jittered = random() * retries.backoffMs * 2 ** (triedHere - 1)
  const waitMs = Math.round(Math.max(retryAfterMs, jittered, pauseOf(candidate, options)))
  return isShort(waitMs, options) ? { candidate, waitMs, reason: `again after ${what}` } : undefined
}

/** The next target that nothing speaks against, and the one that is left alone for the shortest time. */
function others(
  choice: Choice,
  { last: { candidate, failure }, tries, options }: { last: Try; tries: readonly Try[]; options: NextTryOptions },
): { now?: NextTry; later?: NextTry } {
  if (!fallsBackOn(choice.entry, failure.class)) return {}
  const reason = `after ${failure.class} at ${candidate.provider.name}/${candidate.model}`
  let later: NextTry
  for (const other of choice.candidates) {
    if (tries.some((one) => isSame(one.candidate, other))) continue
    const waitMs = pauseOf(other, options)
    if (waitMs === 0) return { now: { candidate: other, waitMs, reason } }
    if (isShort(waitMs, options) && waitMs < (later?.waitMs ?? Number.POSITIVE_INFINITY)) later = { candidate: other, waitMs, reason }
  }
  return { later }
}

function fallsBackOn(entry: ModelEntry | undefined, failure: FailureClass): boolean {
  return (entry?.fallbackOn ?? FALLBACK_ON).includes(failure)
}

function pauseOf(candidate: Candidate, { mayTry }: NextTryOptions): number {
  const verdict = mayTry(candidate)
  return verdict.ok ? 0 : Math.max(1, verdict.forMs)
}

/** A wait that ends when the time of the call does is of no use. */
const isShort = (waitMs: number, { retries, msLeft = Number.POSITIVE_INFINITY }: NextTryOptions): boolean =>
  waitMs <= retries.maxWaitMs && waitMs < msLeft

/** By name: providers can be other objects of the same name. */
const isSame = (one: Candidate, other: Candidate): boolean => one.provider.name === other.provider.name && one.model === other.model
