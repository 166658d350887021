import type { EvaluatorInfo, EvaluatorRow, EvaluatorUsage, Outcome } from '@signalbox/schema/evaluator'
import { studentTwoSidedQuantile } from '../statistics/distributions.ts'
import { wilson } from '../statistics/proportions.ts'
import { notApplicable, scored } from './outcome.ts'
import { usageOf } from './usage.ts'

/** What rows became: those that were not scored are told beside the score of the others, never counted as zeros. */
export class RowSum {
  scored = 0
  na = 0
  errors = 0
  passed = 0
  judged = 0
  /** How often parts of the score that are true or false were true, such as whether a judge kept its mind. */
  readonly #truths = new Map<string, { yes: number; of: number }>()
  #usage: EvaluatorUsage | undefined
  #mean = 0
  #squares = 0

  add(outcome: Outcome): void {
    if (outcome.usage) this.#usage = usageOf([this.#usage, outcome.usage])
    if (outcome.status === 'na') this.na++
    else if (outcome.status === 'error') this.errors++
    else {
      this.scored++
      // Welford's way: a sum of squares of large numbers would lose what they differ in.
      const off = outcome.score - this.#mean
      this.#mean += off / this.scored
      this.#squares += off * (outcome.score - this.#mean)
      for (const [name, value] of Object.entries(outcome.sub ?? {})) if (typeof value === 'boolean') this.#count(name, value)
      if (outcome.pass === undefined) return
      this.judged++
      if (outcome.pass) this.passed++
    }
  }

  #count(name: string, value: boolean): void {
    const { yes, of } = this.#truths.get(name) ?? { yes: 0, of: 0 }
    this.#truths.set(name, { yes: yes + (value ? 1 : 0), of: of + 1 })
  }

  counts(): Record<string, unknown> {
    const rates = Object.fromEntries([...this.#truths].map(([name, { yes, of }]) => [name, yes / of]))
    const shares = this.judged > 0 ? { passed: this.passed, passRate: this.passed / this.judged } : {}
    return { n: this.scored, na: this.na, errors: this.errors, ...shares, ...(this.#truths.size > 0 ? { rates } : {}) }
  }

  /** The mean with its interval of 95 %: Wilson's of yes and no, Student's of anything else. */
  mean(scale: EvaluatorInfo['scale']): Outcome {
    if (this.scored === 0) return notApplicable('No row was scored.', { sub: this.counts(), ...this.#spent() })
    return scored(this.#mean, { sub: { ...this.counts(), ...this.#interval(scale) }, signature: `mean|n:${this.scored}`, ...this.#spent() })
  }

  #spent(): { usage?: EvaluatorUsage } {
    return this.#usage ? { usage: this.#usage } : {}
  }

  #interval(scale: EvaluatorInfo['scale']): Record<string, unknown> {
    if (scale === 'binary') return { ci: wilson({ successes: Math.round(this.#mean * this.scored), n: this.scored }).ci }
    if (this.scored < 2) return {}
    const error = Math.sqrt(this.#squares / (this.scored - 1) / this.scored)
    const reach = error === 0 ? 0 : studentTwoSidedQuantile(0.05, this.scored - 1) * error
    return { ci: { low: this.#mean - reach, high: this.#mean + reach, confidence: 0.95 } }
  }
}

/** Row after row, and one answer in the end. What a row could not be scored for is told at once. */
export type CorpusScorer = {
  add(row: EvaluatorRow): Outcome | undefined | Promise<Outcome | undefined>
  result(): Outcome
}
