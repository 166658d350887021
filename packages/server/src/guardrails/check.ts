import type { GuardAction, GuardCost, GuardOrigin, GuardStage } from '@signalbox/schema/guardrail'
import type { z } from 'zod'

/** A piece of text with where it comes from. Checks look at one segment at a time, so that each is looked at once however often it is sent. */
export type Segment = {
  id: string
  origin: GuardOrigin
  text: string
}

/** Something that a check found. Places count UTF-16 units, as strings of JavaScript do; they become code points where they leave the program. */
export type Found = {
  type: string
  start: number
  end: number
  /** From 0 to 1: how sure the check is. */
  score: number
  /** One sentence for people. It never says the value itself: reasons are kept where the value must not be. */
  reason: string
  /** What stands in the place of the text between `start` and `end` where it is redacted; by default an operator decides. */
  replacement?: string
}

/** That nobody looked is a result of its own: never a pass. */
export type NotChecked = { notChecked: string }

export type CheckResult = readonly Found[] | NotChecked

/** What a check may use. All of it is handed in: checks know no providers, no keys and no network of their own. */
export type CheckContext = {
  signal?: AbortSignal | undefined
  /** The sources that an answer had, for groundedness. */
  sources?: readonly string[] | undefined
  /** For checks behind an address of the user's. Who hands it in guards which addresses may be reached. */
  fetch?: typeof globalThis.fetch | undefined
}

/** A check with its parameters, made ready once for many texts: patterns, lists and schemas are compiled. */
export type PreparedCheck = {
  /** Checks of cost `cpu` answer at once, in time that grows with the text only. */
  run(segment: Segment, context: CheckContext): CheckResult | Promise<CheckResult>
  /**
   * Where a check can follow a stream: the longest text, in UTF-16 units, that must be seen together for a finding to be whole.
   * Who streams holds so much back. Absent: the whole text is needed.
   */
  stream?: { maxMatch: number }
  close?(): Promise<void>
}

/** What a check is. One object per id; `registry.ts` is the table of them. */
export type Check<P extends z.ZodType = z.ZodType> = {
  id: string
  title: string
  /** In plain words, for lists and docs: what it finds, and what it does not. */
  catches: string
  misses: string
  cost: GuardCost
  stages: readonly GuardStage[]
  /** What becomes of a text in which it finds something, where no policy says anything else. */
  action: GuardAction
  /** Raised whenever the same text and parameters may come out differently: kept findings of another version do not count. */
  version: number
  params: P
  prepare(params: z.output<P>): PreparedCheck | Promise<PreparedCheck>
}

/** Ties the type of the parameters to `prepare`, and forgets it for the table. */
export const check = <P extends z.ZodType>(definition: Check<P>): Check => definition as unknown as Check

export const isNotChecked = (result: CheckResult): result is NotChecked => 'notChecked' in result

/** Text that somebody else than user, model and operator wrote. */
export const isUntrusted = (origin: GuardOrigin): boolean => origin === 'tool' || origin === 'retrieved' || origin === 'file'
