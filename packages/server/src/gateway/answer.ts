import type { Outcome } from './delivery.ts'
import type { UpstreamSink } from './upstream.ts'

/** The answer of one try on its way to the client. */
export type Answer = UpstreamSink & {
  /** What it has said of itself so far. */
  known(): Partial<Outcome>
}
