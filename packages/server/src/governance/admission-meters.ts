import type { BudgetPeriod } from '@signalbox/schema'

const SECOND = 1000
const DAY = 86_400_000
/** Any 60 seconds touch at most so many slots of one second. */
const SLOTS = 61
/** Of one budget in one period; whoever comes later shares one counter, so that nobody fills the memory with made-up names. */
const MOST_SUBJECTS = 250_000
/** What the latecomers of a budget are counted under. */
const OTHERS = '(others)'

/** The period that a time (milliseconds since 1970) is in, as a number that grows with time: days or months of UTC. */
export function periodAt(per: 'day' | 'month', at: number): number {
  if (per === 'day') return Math.floor(at / DAY)
  const date = new Date(at)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** When a period begins, in milliseconds since 1970; that of the next number is when it ends. */
export const periodStart = (per: 'day' | 'month', period: number): number =>
  per === 'day' ? period * DAY : Date.UTC(Math.floor(period / 12), period % 12, 1)

/** Lends what may be counted where several edges share a budget. */
export type Lender = {
  /** New meters may count whatever their budget allows. */
  readonly isExact: boolean
  /** Is there room for a call, with which the meter would come to `after`? */
  fits(asking: LenderAsked): boolean
  /** What the ledger knows of what is used, at least; why no more is lent, where that is not known to be all. */
  reasonOf(meter: PeriodMeter): { settled: number; reason: string } | undefined
}
export type LenderAsked = { identity: string; subject: string; meter: PeriodMeter; limit: number; after: number; amount: number }

/** Counts what one subject uses of one budget. Times are milliseconds since 1970 and never go back within a meter. */
export type Meter = {
  /** Beyond it a lender is asked. */
  readonly low: number
  /** What counts now, with what is set aside. */
  taken(at: number): number
  /** What counts now for good. */
  used(at: number): number
  /** Sets aside. The mark says where, for `settle`. */
  take(at: number, amount: number): number
  /** Adds to what was set aside. */
  more(mark: number, amount: number): void
  /** What was really used takes the place of what was set aside. */
  settle(at: number, taken: { mark: number; reserved: number; actual: number }): void
  /** Nothing in it counts any more, or could be given back. */
  isIdle(at: number): boolean
}

/** A day or a month of UTC: what was used, and what calls under way may use. */
export class PeriodMeter implements Meter {
  readonly #clock: PeriodClock
  period: number
  /** What it may count to on this edge, and from where on more is asked for. */
  cap = Number.POSITIVE_INFINITY
  low = Number.POSITIVE_INFINITY
  /** Settled in this period by this process; only grows. */
  spent = 0
  #used = 0
  #reserved = 0

  constructor(clock: PeriodClock, at: number) {
    this.#clock = clock
    this.period = clock.at(at)
  }

  taken(at: number): number {
    this.#roll(at)
    return this.#used + this.#reserved
  }

  used(at: number): number {
    this.#roll(at)
    return this.#used
  }

  take(at: number, amount: number): number {
    this.#roll(at)
    this.#reserved += amount
    return this.period
  }

  more(mark: number, amount: number): void {
    if (mark === this.period) this.#reserved += amount
  }

  settle(at: number, { mark, reserved, actual }: { mark: number; reserved: number; actual: number }): void {
    this.#roll(at)
    // What began in a period that is over belongs to that one.
    if (mark !== this.period) return
    this.#reserved -= reserved
    this.#used += actual
    this.spent += actual
  }

  /** What an earlier process counted, or a ledger knows. What is set aside stays, and what may be spent beyond. */
  restore(at: number, period: number, used: number): void {
    this.#roll(at)
    if (period !== this.period) return
    const more = used - this.#used
    this.#used = used
    this.cap += more
    this.low += more
  }

  /** From now on it may count `free` beyond what it has, and asks for more from `low` on. Infinite: whatever its budget allows. */
  lend(at: number, free: number, low: number): void {
    const taken = this.taken(at)
    this.cap = taken + free
    this.low = taken + low
  }

  /** Nothing is lent, and nobody was asked yet. */
  close(): void {
    this.cap = Number.NEGATIVE_INFINITY
    this.low = Number.NEGATIVE_INFINITY
  }

  /** Use at a time that nothing was set aside for. */
  addAt(at: number, amount: number): void {
    this.#roll(at)
    if (this.#clock.at(at) === this.period) this.#used += amount
  }

  isIdle(at: number): boolean {
    return this.#clock.at(at) > this.period
  }

  #roll(at: number): void {
    const period = this.#clock.at(at)
    if (period <= this.period) return
    this.period = period
    this.#used = 0
    this.#reserved = 0
    this.spent = 0
    // What was lent was of the period that is over.
    if (this.cap !== Number.POSITIVE_INFINITY) this.close()
  }
}

/** Which period it is, without a calendar for each call. */
export class PeriodClock {
  readonly per: 'day' | 'month'
  #from = 0
  #to = 0
  #period = 0

  constructor(per: 'day' | 'month') {
    this.per = per
  }

  at(at: number): number {
    if (at >= this.#from && at < this.#to) return this.#period
    this.#period = periodAt(this.per, at)
    this.#from = periodStart(this.per, this.#period)
    this.#to = periodStart(this.per, this.#period + 1)
    return this.#period
  }

  endsAt(at: number): number {
    this.at(at)
    return this.#to
  }
}

/** The last 60 seconds, in slots of one: 61 of them count, so that no 60 seconds hold more than they may. */
export class WindowMeter implements Meter {
  readonly low = Number.POSITIVE_INFINITY
  readonly #slots = new Float64Array(SLOTS)
  #second = 0
  #sum = 0

  taken(at: number): number {
    this.#advance(at)
    return this.#sum
  }

  used(at: number): number {
    return this.taken(at)
  }

  take(at: number, amount: number): number {
    this.#advance(at)
    this.#add(this.#second, amount)
    return this.#second
  }

  more(_mark: number, amount: number): void {
    this.#add(this.#second, amount)
  }

  /** Less than was set aside is given back where it was taken; more counts now. */
  settle(at: number, { mark, reserved, actual }: { mark: number; reserved: number; actual: number }): void {
    this.#advance(at)
    const difference = actual - reserved
    if (difference > 0) this.#add(this.#second, difference)
    else if (mark > this.#second - SLOTS) this.#add(mark, Math.max(difference, -(this.#slots[mark % SLOTS] ?? 0)))
  }

  isIdle(at: number): boolean {
    return this.taken(at) === 0
  }

  /** What an earlier process counted: amounts by second. */
  restore(slots: readonly (readonly [second: number, amount: number])[]): void {
    for (const [second, amount] of slots) this.addAt(second * SECOND, amount)
  }

  /** Use that nothing was set aside for. */
  addAt(at: number, amount: number): void {
    this.#advance(at)
    const second = Math.floor(at / SECOND)
    if (second > this.#second - SLOTS) this.#add(second, amount)
  }

  slots(at: number): [second: number, amount: number][] {
    this.#advance(at)
    const found: [number, number][] = []
    for (let second = this.#second - SLOTS + 1; second <= this.#second; second++) {
      const amount = this.#slots[(second + SLOTS) % SLOTS] ?? 0
      if (amount > 0) found.push([second, amount])
    }
    return found
  }

  /** Milliseconds until `amount` more stays within `limit`; infinite where it is more than that alone. */
  waitFor(at: number, { amount, limit }: { amount: number; limit: number }): number {
    this.#advance(at)
    let sum = this.#sum
    for (let second = this.#second - SLOTS + 1; second <= this.#second; second++) {
      sum -= this.#slots[(second + SLOTS) % SLOTS] ?? 0
      if (sum + amount <= limit) return (second + SLOTS) * SECOND - at
    }
    return Number.POSITIVE_INFINITY
  }

  #add(second: number, amount: number): void {
    const slot = second % SLOTS
    this.#slots[slot] = (this.#slots[slot] ?? 0) + amount
    this.#sum += amount
  }

  #advance(at: number): void {
    const second = Math.floor(at / SECOND)
    if (second <= this.#second) return
    if (second - this.#second >= SLOTS) {
      this.#slots.fill(0)
      this.#sum = 0
    } else
      for (let passed = this.#second + 1; passed <= second; passed++) {
        const slot = passed % SLOTS
        this.#sum -= this.#slots[slot] ?? 0
        this.#slots[slot] = 0
      }
    this.#second = second
  }
}

/** Calls under way. */
export class ConcurrentMeter implements Meter {
  readonly low = Number.POSITIVE_INFINITY
  #active = 0

  taken(): number {
    return this.#active
  }

  used(): number {
    return this.#active
  }

  take(_at: number, amount: number): number {
    this.#active += amount
    return 0
  }

  more(): void {}

  settle(_at: number, { reserved }: { reserved: number }): void {
    this.#active -= reserved
  }

  isIdle(): boolean {
    return this.#active === 0
  }
}

/** The meters of one budget, by subject. They stay when the configuration changes. */
export class Meters {
  readonly #bySubject = new Map<string, Meter>()
  readonly #make: (at: number) => Meter
  /** Where several edges share a budget of a day or a month. */
  lender: Lender | undefined
  /** Among how many edges a limit of a minute, or of calls at once, is divided. */
  parts = 1

  constructor(per: BudgetPeriod | undefined) {
    const clock = per === undefined || per === 'minute' ? undefined : new PeriodClock(per)
    this.#make = (at) => (clock ? new PeriodMeter(clock, at) : per === 'minute' ? new WindowMeter() : new ConcurrentMeter())
  }

  of(subject: string, at: number): Meter {
    const found = this.#bySubject.get(subject)
    if (found) return found
    if (this.#bySubject.size >= MOST_SUBJECTS && subject !== OTHERS) return this.of(OTHERS, at)
    const made = this.#make(at)
    if (this.lender && !this.lender.isExact && made instanceof PeriodMeter) made.close()
    this.#bySubject.set(subject, made)
    return made
  }

  entries(): IterableIterator<[string, Meter]> {
    return this.#bySubject.entries()
  }

  clear(): void {
    this.#bySubject.clear()
  }

  /** Forgets what no longer counts. */
  tidy(at: number): void {
    for (const [subject, meter] of this.#bySubject) if (meter.isIdle(at)) this.#bySubject.delete(subject)
  }
}
