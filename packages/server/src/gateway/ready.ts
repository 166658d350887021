import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SnapshotProject } from '@signalbox/schema'
import type { Reservation } from '../governance/admission.ts'
import type { Admitted } from '../governance/directory.ts'
import type { ProviderSpec } from '../providers/spec.ts'
import type { Delivery } from './delivery.ts'
import type { Candidate, Choice, TryResult } from './routing/router.ts'
import type { SendOptions, Sent } from './sent.ts'

/** A target with the request for it. `provider`: with its address. */
export type Ready = Pick<Candidate, 'provider' | 'model'> & {
  candidate: Candidate
  spec: ProviderSpec
  sent: Sent
  /** Why it is tried. */
  reason: string
  /** To be called once, with what came of it. */
  ended(result: TryResult): void
}
export type Preparing = { project: SnapshotProject; choice: Choice; sending: SendOptions; reason: string }

export type Calling = {
  choice: Choice
  sending: SendOptions
  delivery: Delivery
  request: IncomingMessage
  response: ServerResponse
  startedAt: number
  id: string
  caller: Admitted
  reservation: Reservation
}

/** What becomes of a target that was chosen and never tried. */
export const NOT_MADE: TryResult = { ms: 0, firstTokenMs: null, outputTokens: 0, failure: 'aborted' }
