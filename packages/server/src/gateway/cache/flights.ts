/** To be told once how a call ended that others may wait for. */
export type Lead<T> = {
  /** It has the answer for everybody. */
  land(value: T): void
  /** It has none. `aborted`: its client hung up, which says nothing of the next one. `unkept`: it had one that only its own client gets. */
  fail(why: 'aborted' | 'failed' | 'unkept'): void
}
/** One that waits: for the answer, for its turn to go itself, or until it leaves. */
export type Waiting<T> = { outcome: Promise<{ value: T } | { lead: Lead<T> } | 'left'>; leave(): void }

type Waiter<T> = { resolve(outcome: { value: T } | { lead: Lead<T> } | 'left'): void }
type Flight<T> = { waiters: Set<Waiter<T>>; failures: number }

/** Alone: nobody waits for it. */
const ALONE: Lead<never> = { land: () => {}, fail: () => {} }

/**
 * Identical calls in flight: the first one goes, the others wait for its answer. When it fails, the next one goes; when that
 * fails too, all go, since waiting one after the other would take longer than the calls do.
 */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>()

  enter(key: string): Lead<T> | Waiting<T> {
    const flight = this.#flights.get(key)
    if (flight) return wait(flight)
    const begun: Flight<T> = { waiters: new Set(), failures: 0 }
    this.#flights.set(key, begun)
    return this.#lead(key, begun)
  }

  get size(): number {
    return this.#flights.size
  }

  #lead(key: string, flight: Flight<T>): Lead<T> {
    let isOver = false
    const over = (work: () => void) => {
      if (isOver) return
      isOver = true
      work()
    }
    const end = (outcome: { value: T } | { lead: Lead<T> }) => {
      this.#flights.delete(key)
      for (const waiter of flight.waiters) waiter.resolve(outcome)
      flight.waiters.clear()
    }
    return {
      land: (value) => over(() => end({ value })),
      fail: (why) =>
        over(() => {
          if (why === 'failed') flight.failures++
          if (why === 'unkept' || flight.failures > 1) return end({ lead: ALONE })
          const [next] = flight.waiters
          if (!next) return void this.#flights.delete(key)
          flight.waiters.delete(next)
          next.resolve({ lead: this.#lead(key, flight) })
        }),
    }
  }
}

function wait<T>(flight: Flight<T>): Waiting<T> {
  const { promise, resolve } = Promise.withResolvers<{ value: T } | { lead: Lead<T> } | 'left'>()
  const waiter: Waiter<T> = { resolve }
  flight.waiters.add(waiter)
  return {
    outcome: promise,
    leave() {
      if (flight.waiters.delete(waiter)) resolve('left')
    },
  }
}
