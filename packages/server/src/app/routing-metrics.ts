import type { CallEnd } from '@signalbox/schema'
import type { Metric } from '../lib/metrics.ts'

type Open = { provider: string; model: string }
/** Names of models come from clients, and a set of labels must not grow with them. */
const MOST_TARGETS = 100

/** What came of tries, counted since the edge started. */
export class RoutingMetrics {
  readonly #attempts = new Map<string, { provider: string; outcome: string; count: number }>()
  readonly #fallbacks = new Map<string, number>()

  call({ attempts, status }: CallEnd): void {
    for (const [index, { provider, model, failure }] of attempts.entries()) {
      const next = attempts[index + 1]
      const outcome = failure ?? (next ? 'error' : status)
      const key = `${provider}\n${outcome}`
      const entry = this.#attempts.get(key)
      if (entry) entry.count++
      else this.#attempts.set(key, { provider, outcome, count: 1 })
      if (next && (next.provider !== provider || next.model !== model))
        this.#fallbacks.set(provider, (this.#fallbacks.get(provider) ?? 0) + 1)
    }
  }

  /** `open`: targets that are left alone now. */
  read(open: readonly Open[]): Metric[] {
    return [
      {
        name: 'signalbox_attempts_total',
        help: 'Tries of calls at their targets, by what came of them.',
        type: 'counter',
        values: [...this.#attempts.values()].map(({ provider, outcome, count }) => ({ labels: { provider, outcome }, value: count })),
      },
      {
        name: 'signalbox_fallbacks_total',
        help: 'Times that a call left a target of this provider for another one.',
        type: 'counter',
        values: [...this.#fallbacks].map(([provider, value]) => ({ labels: { provider }, value })),
      },
      {
        name: 'signalbox_breakers_open',
        help: 'Targets that are left alone after failures.',
        type: 'gauge',
        values: [{ value: open.length }],
      },
      {
        name: 'signalbox_breaker_open',
        help: `1 for each target that is left alone after failures, at most ${MOST_TARGETS} of them.`,
        type: 'gauge',
        values: open.slice(0, MOST_TARGETS).map(({ provider, model }) => ({ labels: { provider, model }, value: 1 })),
      },
    ]
  }
}
