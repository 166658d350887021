/** Milliseconds after which what was seen counts half. */
const HALF_LIFE_MS = 60_000
/** What was seen so long ago says nothing any more. */
const FORGOTTEN_AFTER_MS = 600_000

/** What calls of the last minutes showed of a target; absent where there were none to show it. */
export type Statistics = { firstTokenMs?: number; tokensPerSecond?: number; totalMs?: number; errorRate?: number; calls: number }

/** One ended call. `firstTokenMs` and `outputTokens` of one that succeeded. */
export type Sample = { ms: number; failed: boolean; firstTokenMs: number | null; outputTokens: number }

/**
 * Means over the calls of a target that fade with time, a call of a minute ago counting half. Times and speed are those of calls that
 * succeeded: one that fails at once is not fast. Tokens per second are tokens over seconds, so long answers count for more than short ones.
 */
export class TargetStatistics {
  #at = 0
  #lastAt = 0
  #weight = 0
  #failed = 0
  #succeeded = 0
  #totalMs = 0
  #firstWeight = 0
  #firstMs = 0
  #tokens = 0
  #tokenSeconds = 0

  add({ ms, failed, firstTokenMs, outputTokens }: Sample, now: number): void {
    this.#fade(now)
    this.#lastAt = now
    this.#weight += 1
    if (failed) {
      this.#failed += 1
      return
    }
    this.#succeeded += 1
    this.#totalMs += ms
    if (firstTokenMs !== null) {
      this.#firstWeight += 1
      this.#firstMs += firstTokenMs
    }
    // Of a whole answer nobody knows when its first token came.
    const seconds = (ms - (firstTokenMs ?? 0)) / 1000
    if (outputTokens > 0 && seconds > 0) {
      this.#tokens += outputTokens
      this.#tokenSeconds += seconds
    }
  }

  read(now: number, inFlight = 0): Statistics & { inFlight: number } {
    if (this.#weight === 0 || now - this.#lastAt > FORGOTTEN_AFTER_MS) return { calls: 0, inFlight }
    this.#fade(now)
    const read: Statistics & { inFlight: number } = { calls: this.#weight, inFlight, errorRate: this.#failed / this.#weight }
    if (this.#succeeded > 0) read.totalMs = this.#totalMs / this.#succeeded
    if (this.#firstWeight > 0) read.firstTokenMs = this.#firstMs / this.#firstWeight
    if (this.#tokenSeconds > 0) read.tokensPerSecond = this.#tokens / this.#tokenSeconds
    return read
  }

  #fade(now: number): void {
    const passed = now - this.#at
    if (passed <= 0) return
    const left = 2 ** (-passed / HALF_LIFE_MS)
    this.#at = now
    this.#weight *= left
    this.#failed *= left
    this.#succeeded *= left
    this.#totalMs *= left
    this.#firstWeight *= left
    this.#firstMs *= left
    this.#tokens *= left
    this.#tokenSeconds *= left
  }
}
