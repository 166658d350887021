import type { SpanKind, SpanSource, SpanStatus } from './span.ts'
import type { Usage, UsageSource } from './usage.ts'

/**
 * What one message of a client says about one span: all of it, or a part. Clients that create and update (Langfuse's legacy
 * protocol, LangSmith, Opik) send several, in any order and more than once; together they make one span, the same in any order.
 * Plain types, not zod: decoders of ours make them, out of what was checked at the edge.
 */
export type SpanPatch = {
  projectId: string
  traceId: string
  spanId: string
  /** Microseconds since 1970: when the client said it. Of two messages that give the same field, the later one counts. */
  at: number
  /** Names the message, so that one that comes again is known: its own id, or a hash of what it says. Decides between two of the same time. */
  id: string
  source: SpanSource
  keyId: string
  /** Microseconds since 1970: when the edge had it. */
  receivedAt: number
  /**
   * It speaks of the trace as a whole. What it says of user, session, tags, environment, release and metadata holds for each span
   * of its trace that says nothing else. It is a span itself, and runs until an end is given: where traces have none, each message gives one.
   */
  ofTrace: boolean
  fields: PatchFields
}

/** An absent field says nothing; neither does null or ''. */
export type PatchFields = {
  /** The id of the trace as its client wrote it. */
  externalId?: string
  parentId?: string
  kind?: SpanKind
  name?: string
  /** Microseconds since 1970. The earliest start counts. */
  startedAt?: number
  endedAt?: number
  /** When the first token was there. */
  firstTokenAt?: number
  status?: SpanStatus
  errorType?: string
  statusMessage?: string
  environment?: string
  service?: string
  release?: string
  userId?: string
  sessionId?: string
  /** Those of all messages together. */
  tags?: readonly string[]
  /** Added key by key. */
  metadata?: Readonly<Record<string, string>>
  provider?: string
  model?: string
  requestModel?: string
  operation?: string
  stream?: boolean
  finishReason?: string
  /** Replaced as a whole, in disjoint buckets. */
  usage?: Usage
  usageSource?: UsageSource
  /** Nano-USD, where the client says what it cost. */
  cost?: number
  costParts?: Readonly<Record<string, number>>
  input?: string
  output?: string
  /** Everything as sent, added key by key: nothing that a client says is lost. */
  attributes?: Readonly<Record<string, unknown>>
  scope?: string
}
