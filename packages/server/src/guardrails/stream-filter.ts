import type { GuardOrigin, GuardVerdict } from '@signalbox/schema/guardrail'
import { type CheckResult, type Found, isNotChecked } from './check.ts'
import { insteadOf, type ReadyPolicy, type Redaction, stricter, weigh } from './decide.ts'
import type { OperatorKeys } from './operators.ts'
import { withoutOverlaps } from './overlaps.ts'
import type { ReadyCheck } from './registry.ts'

/** So much more text is waited for before the checks look again: a look costs as much for one letter as for a sentence. */
const STEP = 64

export type StreamFilterOptions = { origin?: GuardOrigin | undefined; keys?: OperatorKeys | undefined }

/** What was found so far, at places of the whole text (UTF-16 units of what came in). */
export type Streamed = { verdict: GuardVerdict; found: (Found & { check: string })[] }

/**
 * Filters a text that comes in pieces, so that what goes out is the same as if the whole had been filtered at once, however it was cut:
 * as much is held back as a match may be long, a cut never falls into a match, and what went out stays beside it as context. Policies
 * with a check that cannot follow a stream (it waits for somebody, or needs the whole) hold the whole text: `whole` says so.
 */
export class StreamFilter {
  readonly whole: boolean
  readonly #ready: ReadyPolicy
  readonly #options: StreamFilterOptions
  readonly #hold: number
  /** What is looked at: context that went out, then what is held. */
  #kept = ''
  /** Where `#kept` begins in the whole text, up to where it went out, and how much there was at the last look. */
  #from = 0
  #out = 0
  #looked = 0
  #verdict: GuardVerdict = 'pass'
  readonly #found: Streamed['found'] = []

  constructor(ready: ReadyPolicy, options: StreamFilterOptions = {}) {
    this.#ready = ready
    this.#options = options
    const reach = ready.checks.filter(concerned).map(({ stream, definition }) => (definition.cost === 'cpu' ? stream?.maxMatch : undefined))
    this.whole = reach.includes(undefined)
    this.#hold = Math.max(0, ...reach.map((one) => one ?? 0))
  }

  /** What may go out now; nothing more once the verdict is `block`. */
  push(piece: string): string {
    if (this.#verdict === 'block') return ''
    this.#kept += piece
    const end = this.#from + this.#kept.length
    if (this.whole || end - this.#looked < STEP || end - this.#out <= this.#hold) return ''
    return this.#settle(end - this.#hold)
  }

  /** The rest. Checks that wait for somebody are not asked here: who uses them decides on the whole text. */
  end(): string {
    return this.#verdict === 'block' ? '' : this.#settle(this.#from + this.#kept.length)
  }

  get streamed(): Streamed {
    return { verdict: this.#verdict, found: this.#found }
  }

  #settle(wanted: number): string {
    const end = this.#from + this.#kept.length
    this.#looked = end
    const segment = { id: 'stream', origin: this.#options.origin ?? 'assistant', text: this.#kept } as const
    const results = this.#ready.checks.map((check): CheckResult | undefined => {
      if (!concerned(check)) return undefined
      if (check.definition.cost !== 'cpu') return { notChecked: 'The check waits for somebody, and is not asked within a stream.' }
      const result = check.run(segment, {})
      return result instanceof Promise ? { notChecked: 'The check takes its time, and is not asked within a stream.' } : result
    })
    // Never through a match, not even one that a surer one will win over.
    const limit = wanted < end ? outside(results, wanted - this.#from) : wanted - this.#from
    const from = this.#out - this.#from
    if (limit <= from) return ''
    const { verdict, told, redactions } = weigh(
      this.#ready,
      segment,
      results.map((result) => result && within(result, from, limit)),
    )
    this.#verdict = stricter(this.#verdict, verdict)
    for (const [found, check] of told) this.#found.push({ ...found, check, start: found.start + this.#from, end: found.end + this.#from })
    const out =
      verdict === 'block'
        ? ''
        : this.#ready.policy.mode === 'dry_run'
          ? this.#kept.slice(from, limit)
          : this.#redacted(from, limit, redactions)
    this.#out = this.#from + limit
    this.#forget(limit)
    return out
  }

  #redacted(from: number, to: number, redactions: readonly Redaction[]): string {
    let out = ''
    let at = from
    for (const redaction of withoutOverlaps(redactions)) {
      const start = Math.max(at, redaction.start)
      out += this.#kept.slice(at, start) + insteadOf(redaction, this.#kept.slice(redaction.start, redaction.end), this.#options.keys)
      at = redaction.end
    }
    return out + this.#kept.slice(at, to)
  }

  /** Context that no check can reach any more, up to a space, so that the rest begins with a whole word. */
  #forget(limit: number): void {
    const reach = limit - 2 * this.#hold
    if (reach <= 2 * this.#hold) return
    const space = this.#kept.lastIndexOf(' ', reach)
    if (space <= 0) return
    this.#kept = this.#kept.slice(space)
    this.#from += space
  }
}

/** Checks of what goes in only, such as that for injection, have nothing to say of an answer. */
const concerned = ({ definition }: ReadyCheck): boolean => definition.stages.some((stage) => stage === 'stream' || stage === 'after')

/** The limit, moved to the left as long as a match lies across it. */
function outside(results: readonly (CheckResult | undefined)[], wanted: number): number {
  let limit = wanted
  for (;;) {
    const across = results
      .flatMap((result) => (!result || isNotChecked(result) ? [] : result))
      .filter(({ start, end }) => start < limit && end > limit)
    if (across.length === 0) return limit
    limit = Math.min(...across.map(({ start }) => start))
  }
}

/** Matches that go out now. What began in text that went out was told then. */
const within = (result: CheckResult, from: number, to: number): CheckResult =>
  isNotChecked(result) ? result : result.filter(({ start, end }) => start >= from && end <= to)
