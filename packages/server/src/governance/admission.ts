import type { CallEnd, SetAside, SnapshotProject, Usage } from '@signalbox/schema'
import { noUsage, outputTokens } from '@signalbox/schema'
import { shortName } from '../lib/short-name.ts'
import { Estimate, TypicalOutputs, type Used, usedBy } from './admission-estimate.ts'
import { limitHeaders } from './admission-headers.ts'
import { type Meter, type Meters, PeriodMeter } from './admission-meters.ts'
import { refusalOf } from './admission-refusal.ts'
import { type BoundRule, compileRules, createMetersOf, type ProjectRules, partOf, type Rule } from './admission-rules.ts'
import type { Admitted } from './directory.ts'

/** A call that wants to be made, as limits and budgets see it. */
export type Admitting = {
  caller: Admitted
  /** As the client named it. */
  model: string
  /** As the app calls the person that it serves; '' where it does not say. */
  endUser: string
  /** Estimated from the length of the request. */
  inputTokens: number
  /** As the request says, of all answers that it asks for; undefined where it does not, and 0 where there is no text to come. */
  maxOutputTokens: number | undefined
  /** What the client speaks, for the names of headers; OpenAI's where it is absent. */
  dialect?: string
  /** Where it may go. */
  targets?: readonly { model: string }[]
  /** Nano-USD of tokens at the dearest target; null where its price is not known. */
  price(usage: Usage): number | null
}

/** What a failed try used, where the provider said so; else how many bytes of an answer came, where one had begun. */
export type FailedUse = { usage?: Usage; cost?: number | null; cameBytes?: number }

/** What was set aside for a call. */
export type Reservation = {
  /** Limits and what is left of them, as header names and values in turn, in the words of a dialect. */
  headers: readonly string[]
  /** The most that was set aside anywhere, for the record; undefined where no tokens and no money are limited. */
  setAside?: SetAside | undefined
  /** A try failed and used something all the same: is there room for another one? What it used stays set aside. */
  again(failed: FailedUse): boolean
  /** The call is over: what it really used takes the place of what was set aside. */
  settle(end: CallEnd): void
  /** The call was never made. */
  cancel(): void
}

/** Limits and budgets of everybody, held in memory. Waits for nobody. */
export type Admission = {
  /** Sets aside what the call may use in all budgets that concern it, or in none. Throws `rate-limited` or `budget-exceeded`. */
  admit(call: Admitting): Reservation
  /** The part of the tightest budget of money of a caller that is left, from 0 to 1. */
  left(caller: Admitted, endUser: string): number
}

/** What of it outlives a call: for whoever keeps the counts and shows them. */
export type AdmissionEngine = Admission & {
  rulesOf(project: SnapshotProject): ProjectRules
  /** By what they count. */
  meters: Map<string, Meters>
  /** Forgets what no longer counts. */
  tidy(): void
  now(): number
}

const NO_HEADERS: readonly string[] = []
const NOTHING: Reservation = { headers: NO_HEADERS, again: () => true, settle: () => {}, cancel: () => {} }

/** Counts and limits by the budgets of each project. A project without any costs nothing. `now`: milliseconds since 1970. */
export function createAdmission({ now = Date.now }: { now?: () => number } = {}): AdmissionEngine {
  const metersOf = createMetersOf()
  const typicals = new TypicalOutputs()
  const compiled = new WeakMap<SnapshotProject, ProjectRules>()

  const rulesOf = (project: SnapshotProject): ProjectRules => {
    const known = compiled.get(project)
    if (known) return known
    const rules = compileRules(project, metersOf)
    compiled.set(project, rules)
    return rules
  }
  const boundOf = (caller: Admitted): readonly BoundRule[] => {
    const { project } = caller
    return project.budgets.length === 0 && project.sharedBudgets === undefined ? NO_RULES : rulesOf(project).of(caller)
  }

  return {
    rulesOf,
    meters: metersOf.all,
    now,

    admit(call) {
      const bound = boundOf(call.caller)
      if (bound.length === 0) return NOTHING
      const at = now()
      const taken: Taken[] = []
      const endUser = shortName(call.endUser)
      const estimate = new Estimate({ ...call, keyId: call.caller.keyId }, typicals)
      for (const { rule, subject: fixed } of bound) {
        const subject = fixed ?? endUser
        if (subject === '' || (rule.matches && !rule.matches(call.model))) continue
        const meter = rule.meters.of(subject, at)
        const amount = amountOf(rule, estimate)
        if (rule.isHard && !fits(rule, { subject, meter, at, amount })) {
          const limits = limitHeaders([...taken, { rule, meter }], { dialect: call.dialect ?? '', at })
          throw refusalOf({ rule, subject, meter, at, amount, headers: pairs(limits) })
        }
        taken.push({ rule, subject, meter, amount, mark: 0 })
      }
      if (taken.length === 0) return NOTHING
      // Nothing is taken anywhere before it is known to fit everywhere.
      for (const one of taken) one.mark = one.meter.take(at, one.amount)
      return new Held({ call, taken, at, now, typicals })
    },

    left(caller, name) {
      const at = now()
      const endUser = shortName(name)
      let least = 1
      for (const { rule, subject: fixed } of boundOf(caller)) {
        const subject = fixed ?? endUser
        if (subject === '' || rule.budget.measure !== 'money') continue
        const part = rule.limit === 0 ? 0 : (rule.limit - rule.meters.of(subject, at).taken(at)) / rule.limit
        least = Math.min(least, Math.max(0, part))
      }
      return least
    },

    tidy() {
      const at = now()
      for (const meters of metersOf.all.values()) meters.tidy(at)
    },
  }
}

const NO_RULES: readonly BoundRule[] = []

/** Is there room on this edge? Where budgets are shared with others, it may ask for more in passing. */
function fits(rule: Rule, { subject, meter, at, amount }: { subject: string; meter: Meter; at: number; amount: number }): boolean {
  const after = meter.taken(at) + amount
  const { lender, parts } = rule.meters
  if (parts === 1 && after <= meter.low) return after <= rule.limit
  if (lender && meter instanceof PeriodMeter)
    return lender.fits({ identity: rule.identity, subject, meter, limit: rule.limit, after, amount })
  // A call that is larger than the part of one edge would never be made.
  return after <= partOf(rule) || (after === amount && amount <= rule.limit)
}

type Taken = { rule: Rule; subject: string; meter: Meter; amount: number; mark: number }

/** What is set aside: the most that the call can use where a budget is strict, else what is likely. */
function amountOf({ budget: { measure }, isStrict, limit }: Rule, estimate: Estimate): number {
  if (measure === 'requests' || measure === 'concurrent') return 1
  if (measure === 'money') return isStrict ? estimate.mostCost : estimate.typicalCost
  if (isStrict) return estimate.mostTokens
  if (estimate.isMaximumKnown) return estimate.input + estimate.mostOutput
  // A guess alone is no reason to refuse a call for ever.
  return Math.max(estimate.input, Math.min(estimate.typicalTokens, limit))
}

class Held implements Reservation {
  readonly #options: { call: Admitting; taken: Taken[]; at: number; now: () => number; typicals: TypicalOutputs }
  #headers: readonly string[] | undefined
  #isOver = false

  constructor(options: { call: Admitting; taken: Taken[]; at: number; now: () => number; typicals: TypicalOutputs }) {
    this.#options = options
  }

  get headers(): readonly string[] {
    const { call, taken, at } = this.#options
    this.#headers ??= limitHeaders(taken, { dialect: call.dialect ?? '', at })
    return this.#headers
  }

  get setAside(): SetAside | undefined {
    const { call, taken } = this.#options
    const most: SetAside = { tokens: 0, cost: 0 }
    if (call.maxOutputTokens !== undefined) most.maxOutputTokens = call.maxOutputTokens
    for (const { rule, amount } of taken) {
      if (rule.budget.measure === 'money') most.cost = Math.max(most.cost, amount)
      else if (rule.budget.measure === 'tokens') most.tokens = Math.max(most.tokens, amount)
    }
    return most.tokens > 0 || most.cost > 0 ? most : undefined
  }

  again({ usage, cost, cameBytes }: FailedUse): boolean {
    if (!usage && cameBytes === undefined) return true
    const { call, taken, now } = this.#options
    const at = now()
    const used: Used = usedBy({ ...NO_ANSWER, attempts: [{ usage, cost: cost ?? null, cameBytes }] }, call)
    let isRoom = true
    for (const one of taken) {
      const more = useOf(one.rule, used, 0)
      if (more === 0) continue
      const meter = one.rule.meters.of(one.subject, at)
      if (one.rule.isHard && !fits(one.rule, { subject: one.subject, meter, at, amount: more })) isRoom = false
      meter.more(one.mark, more)
      one.amount += more
    }
    return isRoom
  }

  settle(end: CallEnd): void {
    const { call, typicals } = this.#options
    this.#close(usedBy(end, call))
    if (end.status === 'ok' && end.usageSource === 'provider') typicals.learn(call.caller.keyId, call.model, outputTokens(end.usage))
  }

  cancel(): void {
    this.#close(undefined)
  }

  #close(used: Used | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    const { taken, now } = this.#options
    const at = now()
    for (const { rule, subject, mark, amount: reserved } of taken) {
      const actual = used ? useOf(rule, used, 1) : 0
      // By its name: while the call was under way, an idle meter may have been forgotten and made anew.
      rule.meters.of(subject, at).settle(at, { mark, reserved, actual })
    }
  }
}

const NO_ANSWER = {
  status: 'error',
  usage: noUsage(),
  // All of it is that of the try.
  usageSource: 'estimated',
  cost: 0,
  responseBytes: 0,
  sse: false,
  firstTokenMs: null,
} as const

/** What of a call's use a budget counts. */
export function useOf({ budget: { measure } }: Rule, { tokens, cost }: Used, calls: number): number {
  if (measure === 'money') return cost
  return measure === 'tokens' ? tokens : calls
}

function pairs(headers: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (let at = 0; at < headers.length; at += 2) found[headers[at] ?? ''] = headers[at + 1] ?? ''
  return found
}
