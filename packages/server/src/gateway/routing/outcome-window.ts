const SLOTS = 60

/**
 * How many calls there were within the last seconds, and how many of them failed: by the second for a minute, by the minute for an
 * hour. Its size does not depend on the number of calls. A window is as long as was asked, and at most one slot longer.
 */
export class OutcomeWindow {
  readonly #seconds = new Ring(1000)
  readonly #minutes = new Ring(60_000)

  add(now: number, failed: boolean): void {
    this.#seconds.add(now, failed)
    this.#minutes.add(now, failed)
  }

  sum(now: number, seconds: number): { calls: number; failures: number } {
    return seconds < SLOTS ? this.#seconds.sum(now, seconds + 1) : this.#minutes.sum(now, Math.min(SLOTS, Math.ceil(seconds / 60) + 1))
  }

  clear(): void {
    this.#seconds.clear()
    this.#minutes.clear()
  }
}

class Ring {
  readonly #width: number
  readonly #calls = new Uint32Array(SLOTS)
  readonly #failures = new Uint32Array(SLOTS)
  #newest = 0

  constructor(width: number) {
    this.#width = width
  }

  add(now: number, failed: boolean): void {
    const at = this.#turnTo(now) % SLOTS
    this.#calls[at] = (this.#calls[at] ?? 0) + 1
    if (failed) this.#failures[at] = (this.#failures[at] ?? 0) + 1
  }

  sum(now: number, slots: number): { calls: number; failures: number } {
    const newest = this.#turnTo(now)
    let calls = 0
    let failures = 0
    for (let back = 0; back < slots && back <= newest; back++) {
      const at = (newest - back) % SLOTS
      calls += this.#calls[at] ?? 0
      failures += this.#failures[at] ?? 0
    }
    return { calls, failures }
  }

  clear(): void {
    this.#calls.fill(0)
    this.#failures.fill(0)
  }

  /** Empties the slots that time has passed over since. */
  #turnTo(now: number): number {
    const slot = Math.max(this.#newest, Math.floor(now / this.#width))
    for (let next = Math.max(this.#newest + 1, slot - SLOTS + 1); next <= slot; next++) {
      this.#calls[next % SLOTS] = 0
      this.#failures[next % SLOTS] = 0
    }
    this.#newest = slot
    return slot
  }
}
