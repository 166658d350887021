import type { Breaker } from '@signalbox/schema'
import { OutcomeWindow } from './outcome-window.ts'

/** Whether a call may go somewhere; if not, why, and for how many milliseconds at least. `isProbed`: a call tries it now, and may end any time. */
export type Verdict = { ok: true } | { ok: false; reason: string; forMs: number; isProbed?: true }

/** What a call said of its target. `retryAfterMs`: how long it asks to be left alone. */
export type Outcome = { failed: boolean; reason?: string; retryAfterMs?: number | undefined }

/** Open: for so long, at least. Half open: one call at a time tries it again. */
export type NotClosed = { state: 'open' | 'half-open'; forMs: number; reason: string }

const OK: Verdict = { ok: true }
/** Doubling goes no further, unless a cool-down was longer than this from the beginning. */
const LONGEST_COOLDOWN_MS = 300_000

/**
 * One target's circuit breaker: closed, until there are too many failures within a window, or the target asks to be left alone; then
 * open for a while; then one call at a time probes. A good probe closes it, a failed one doubles the while. Times are milliseconds of
 * one clock that goes forward, and every method is told the time.
 */
export class CircuitBreaker {
  readonly #window = new OutcomeWindow()
  /** 0: closed. In the past: half open. */
  #openUntil = 0
  #cooldownMs = 0
  #probing = false
  #reason = ''

  mayTry(now: number): Verdict {
    if (this.#openUntil === 0) return OK
    if (this.#openUntil > now) return { ok: false, reason: this.#reason, forMs: Math.ceil(this.#openUntil - now) }
    return this.#probing ? { ok: false, reason: `${this.#reason}; one call tries it again`, forMs: this.#cooldownMs, isProbed: true } : OK
  }

  /** Not closed: open, or waiting for its probe. */
  get isOpen(): boolean {
    return this.#openUntil > 0
  }

  /** What it does with calls now; undefined: it is closed, and lets all of them pass. */
  notClosed(now: number): NotClosed | undefined {
    if (this.#openUntil === 0) return undefined
    if (this.#openUntil > now) return { state: 'open', forMs: Math.ceil(this.#openUntil - now), reason: this.#reason }
    return { state: 'half-open', forMs: 0, reason: this.#reason }
  }

  /** A call goes to the target. Whether it is the probe: that is to be said again when it ends. */
  begin(): boolean {
    if (this.#openUntil === 0 || this.#probing) return false
    this.#probing = true
    return true
  }

  /** A call ended and said something of its target; undefined: it said nothing. `false` for settings: nothing opens this breaker. */
  end(outcome: Outcome | undefined, { now, isProbe, settings }: { now: number; isProbe: boolean; settings: Breaker | false }): void {
    if (isProbe) this.#probing = false
    if (!outcome) return
    this.#window.add(now, outcome.failed)
    if (!outcome.failed) {
      if (isProbe) this.#close()
      return
    }
    if (settings === false) return
    const { reason = 'it failed', retryAfterMs } = outcome
    const base = settings.cooldownSeconds * 1000
    if (isProbe) {
      this.#cooldownMs = Math.min(Math.max(this.#cooldownMs, base) * 2, Math.max(base, LONGEST_COOLDOWN_MS))
      this.#open(now + this.#cooldownMs, reason)
    } else if (this.#openUntil === 0) {
      const { calls, failures } = this.#window.sum(now, settings.windowSeconds)
      if (failures >= settings.failures && failures >= calls * settings.ratio) {
        this.#cooldownMs = base
        this.#open(now + base, `${failures} of ${calls} calls failed, the last one: ${reason}`)
      }
    }
    if (retryAfterMs !== undefined && retryAfterMs > 0) {
      this.#cooldownMs ||= base
      this.#open(now + retryAfterMs, reason)
    }
  }

  /** What was heard first may ask for more time than what is heard now. */
  #open(until: number, reason: string): void {
    if (until <= this.#openUntil) return
    this.#openUntil = until
    this.#reason = reason
  }

  #close(): void {
    this.#openUntil = 0
    this.#cooldownMs = 0
    this.#window.clear()
  }
}
