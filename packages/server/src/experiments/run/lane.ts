/**
 * How many calls may be under way to one provider. It begins low and goes up with every answer; a refusal for load halves it and holds all
 * back for as long as the provider asks. Calls that fail one after the other close the lane, so that an outage is not paid for 10,000 times.
 */
export class Lane {
  readonly name: string
  readonly #most: number
  #limit: number
  #rising = true
  #used = 0
  #heldUntil = 0
  #loweredAt = 0
  #failures = 0
  #trips = 0
  #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  /** Why nothing more goes here. */
  closed: string | undefined

  constructor(name: string, most: number) {
    this.name = name
    this.#most = most
    this.#limit = Math.min(most, FIRST)
  }

  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** True where a call may begin now; it then has a place until `leave`. */
  tryEnter(): boolean {
    if (this.#used >= this.limit || this.#heldUntil > Date.now()) return false
    this.#used++
    return true
  }

  /** Waits for a place. Who comes back may find the lane closed. */
  async enter(): Promise<void> {
    while (this.closed === undefined && !this.tryEnter()) {
      await new Promise<void>((done) => {
        this.#waiting.push(done)
        this.#wakeLater()
      })
    }
    if (this.closed !== undefined) this.#used++
  }

  leave(): void {
    this.#used--
    this.#wake()
  }

  /** Nobody waits any longer: the run is over. */
  release(): void {
    clearTimeout(this.#timer)
    this.closed ??= 'The run was stopped.'
    for (const go of this.#waiting.splice(0)) go()
  }

  answered(): void {
    this.#failures = 0
    this.#trips = 0
    if (this.#limit < this.#most) this.#limit = Math.min(this.#most, this.#limit + (this.#rising ? 1 : 1 / this.#limit))
  }

  /** Half as many, once for all that were under way together. */
  overloaded(waitMs: number): void {
    const now = Date.now()
    this.#rising = false
    if (now - this.#loweredAt > ONCE_MS) {
      this.#loweredAt = now
      this.#limit = Math.max(1, this.#limit / 2)
    }
    this.#heldUntil = Math.max(this.#heldUntil, now + waitMs)
  }

  /** A call has failed for good. */
  failed(message: string): void {
    this.#failures++
    if (this.#failures < IN_A_ROW) return
    this.#failures = IN_A_ROW - 2
    if (++this.#trips > TRIPS) {
      this.closed = `${this.name} failed ${IN_A_ROW + 2 * TRIPS} times in a row, last: ${message}`
      this.release()
    } else {
      this.#rising = false
      this.#limit = 1
      this.#heldUntil = Date.now() + REST_MS * 2 ** (this.#trips - 1)
    }
  }

  #wake(): void {
    if (this.#waiting.length === 0 || this.#used >= this.limit) return
    if (this.#heldUntil > Date.now()) this.#wakeLater()
    else this.#waiting.shift()?.()
  }

  #wakeLater(): void {
    const wait = this.#heldUntil - Date.now()
    if (wait <= 0 || this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      for (const go of this.#waiting.splice(0)) go()
    }, wait)
  }
}

const FIRST = 8
/** Refusals within this time are one: they were sent before any of them was heard. */
const ONCE_MS = 1000
const IN_A_ROW = 10
const TRIPS = 3
const REST_MS = 500
