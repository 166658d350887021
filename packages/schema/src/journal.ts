import type { SpanKind, SpanStatus } from './span.ts'
import type { Usage, UsageSource } from './usage.ts'

/**
 * What the edge writes down about one call. `start` is in the journal before the request goes upstream, `end` before
 * the last byte of the answer. Both carry their body (the request, the answer) as raw bytes beside this header.
 * Plain types, not zod: this is the hot path, and both ends are ours.
 */
export type CallStart = {
  v: 1
  projectId: string
  keyId: string
  traceId: string
  spanId: string
  /** The caller's own span, from `traceparent`; '' where there is none. */
  parentId: string
  kind: SpanKind
  operation: string
  /** What the client spoke, and so what request and answer are written in; OpenAI's chat where it is absent. */
  dialect?: 'openai-chat' | 'openai-completions' | 'openai-responses' | 'openai-endpoint' | 'anthropic' | 'gemini'
  /** Microseconds since 1970. */
  startedAt: number
  requestModel: string
  provider: string
  model: string
  stream: boolean
  sessionId: string
  userId: string
  environment: string
  tags: string[]
  metadata: Record<string, string>
  requestBytes: number
  /** The request was a form of this type; the body here is a description of it: fields, and of files name, type and size. */
  requestType?: string
  /** The file or batch that was asked for, by the provider's id. */
  objectId?: string
}

export type CallEnd = {
  v: 1
  status: SpanStatus
  errorType: string
  statusMessage: string
  httpStatus: number
  /** Microseconds since 1970. */
  endedAt: number
  firstTokenMs: number | null
  provider: string
  /** The model that answered. */
  model: string
  finishReason: string
  usage: Usage
  usageSource: UsageSource
  /** Nano-USD; null is unknown. */
  cost: number | null
  costParts: Record<string, number>
  priceVersion: string
  /** What the provider itself says that it charges, as a decimal; absent where it says nothing. */
  providerCostUsd?: string
  /** What was used where no tokens are counted: images, characters, seconds. */
  units?: Record<string, number>
  /** Why the cost is what it is, where that is not a matter of prices. */
  costReason?: string
  /** The content type of an answer that was passed on and not kept: audio, the content of a file. */
  mediaType?: string
  attempts: { provider: string; model: string; status: number; ms: number; error?: string }[]
  responseBytes: number
  /** The body is a server-sent event stream, not one JSON document. */
  sse: boolean
  /** The kept body was cut at the capture limit. */
  truncated: boolean
  /** What the target could not carry, by the client's words for it; absent where that was nothing. */
  dropped?: string[]
}

/**
 * A body that a client sent to an ingest endpoint, kept as sent (inflated) and decoded by the core. `otlp-decoded` is what the
 * edge decoded itself, as JSON: of a project whose content must not be written, not even to the journal.
 */
export type IngestHeader = {
  v: 1
  projectId: string
  keyId: string
  format: 'otlp-protobuf' | 'otlp-json' | 'otlp-decoded'
  receivedAt: number
}

export const FRAME = { start: 1, end: 2, ingest: 3 } as const
export type FrameKind = (typeof FRAME)[keyof typeof FRAME]
