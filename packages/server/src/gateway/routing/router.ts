import type { IncomingHttpHeaders } from 'node:http'
import type { FailureClass, ModelEntry, RouteDecision, SnapshotProject, SnapshotProvider, Variant } from '@signalbox/schema'
import type { Admitted } from '../../governance/directory.ts'
import type { Annotations } from '../annotations.ts'
import type { Failure } from '../failure.ts'
import type { WireRequest } from '../wire/request.ts'
import type { Verdict } from './breaker.ts'

/** Where a try goes: a model of a provider, with one of its keys. */
export type Candidate = {
  provider: SnapshotProvider
  model: string
  /** Which of several keys of the provider, from 0; absent where it has one. */
  key?: number
}

/** What a route may depend on. */
export type Asked = {
  caller: Admitted
  project: SnapshotProject
  /** Its model is as the client named it; '' where the operation has none. */
  request: WireRequest
  headers: IncomingHttpHeaders
  annotations: Annotations
  /** The id of a file or batch, as the client wrote it. */
  objectId?: string | undefined
}

/** Where a call may go, best first. */
export type Choice = {
  candidates: readonly [Candidate, ...Candidate[]]
  /** Of the alias; absent for provider/model. */
  entry?: ModelEntry
  /** In words; absent where there was nothing to choose. */
  decision?: RouteDecision
  variant?: Variant
  /** The id of the file or batch, as the provider knows it. */
  objectId?: string
  /** Another try could follow a failed one. */
  canMoveOn: boolean
  /** All candidates are left alone: the call waits for the first whose time is over, or is not made. */
  isResting?: boolean
}

/** What is done after a failure: another try, after a wait, and why; undefined: the failure is the answer. */
export type NextTry = { candidate: Candidate; waitMs: number; reason: string } | undefined

/** What came of a try, for what the router knows of its target. */
export type TryResult = {
  /** Milliseconds until the first content and in all. */
  firstTokenMs: number | null
  ms: number
  outputTokens: number
  /** Absent where it succeeded. `aborted`: the client hung up, which says nothing of the target. */
  failure?: { class: FailureClass; status?: number | undefined; retryAfterMs?: number | undefined } | 'aborted'
}

export type AfterFailure = {
  project: SnapshotProject
  choice: Choice
  /** Those that were made, with their failures, in their order. */
  tries: readonly { candidate: Candidate; failure: Failure }[]
  /** What is left of the time for the call; undefined where it has no end. */
  msLeft?: number | undefined
}

/** The candidate that may be tried first, and what speaks against it until then. */
export type Rest = { candidate: Candidate; verdict: Verdict }

/** Decides where calls go, from configuration and from what came of other calls. Waits for nobody. */
export interface Router {
  /** Throws `model-not-found` or `provider-not-configured`. */
  choose(asked: Asked): Choice
  /** What follows a failed try. */
  next(after: AfterFailure): NextTry
  /** Which of these candidates is left alone for the shortest time; one that is not, where there is one. */
  soonest(project: SnapshotProject, choice: Choice, candidates: readonly Candidate[]): Rest | undefined
  /** How long a call may wait between two tries, in milliseconds. */
  maxWaitMs(choice: Choice): number
  /** Which of several keys of its provider a candidate goes with; undefined where there is one. */
  keyOf(project: SnapshotProject, candidate: Candidate): number | undefined
  /** A try of a choice begins. The returned function is called once, with what came of it. */
  began(project: SnapshotProject, candidate: Candidate, choice: Choice): (result: TryResult) => void
}
