import type { RouteStep, Target } from '@signalbox/schema'
import type { Candidate } from './router.ts'

/** A target of an alias as compiled for a snapshot: what can be known of it before a call comes. */
export type RouteTarget = {
  candidate: Candidate
  target: Target
  /** `openai/gpt-4o`. */
  name: string
  weight: number
  /** Of its name, for rendezvous hashing. */
  hash: number
  /** As configured, else as the price list says; undefined where neither says. */
  contextWindow: number | undefined
}

/** A target and why it stands where it does. */
export type Placed = { target: RouteTarget; why: string }

/** Targets, best first, and in one sentence how they were ordered. */
export type Ordered = { placed: readonly Placed[]; reason: string }

export const stepOf = ({ target }: RouteTarget, place: RouteStep['place'], reason: string): RouteStep => ({
  provider: target.provider,
  model: target.model,
  place,
  reason,
})
