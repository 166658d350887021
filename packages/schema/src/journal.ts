import type { FailureClass, RouteDecision } from './routing.ts'
import type { SpanKind, SpanStatus } from './span.ts'
import type { Variant } from './split.ts'
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
  dialect?: 'openai-chat' | 'openai-completions' | 'openai-responses' | 'openai-endpoint' | 'anthropic' | 'gemini' | 'cohere'
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
  /** Whose key it is: an account, a team. */
  accountId?: string
  teamId?: string
  /** The most that budgets set aside for it, in tokens and nano-USD: what it counts as where its process died. */
  setAside?: SetAside
  variant?: Variant
  /** What it was rendered from. */
  prompt?: CallPrompt
  /** A call that was made beside another one, whose span this is, and whose answer nobody waits for. */
  shadowOf?: string
}

/**
 * The version of a prompt that a call was rendered from. `variables` as the client gave them: absent where the project keeps no content, or
 * where they are longer than it keeps; what they look like stays.
 */
export type CallPrompt = {
  name: string
  version: number
  hash: string
  /** By which it was asked for; absent where that was a version. */
  label?: string
  variables?: Record<string, unknown>
  /** Per variable its type and length: `text 120`, `list 3`, `null`, `missing`. */
  shapes?: Record<string, string>
  /** Which variant the first target was given. */
  variant?: string
}

/**
 * What an edge tells its core of the calls that it has under way. `all`: it tells of everything it has, not of changes; `others`: it has so
 * many more of each project.
 */
export type RunningReport = { edgeId: string; all: boolean; began: CallStart[]; ended: string[]; others: Record<string, number> }

/** `maxOutputTokens`: of all answers together, as the request says. */
export type SetAside = { tokens: number; cost: number; maxOutputTokens?: number }

/** One try at one target. */
export type AttemptRecord = {
  provider: string
  model: string
  /** Of HTTP; 0 where there was none. */
  status: number
  ms: number
  /** Microseconds since 1970. */
  startedAt: number
  /** Why this target, and why now. */
  reason?: string
  error?: string
  failure?: FailureClass
  /** Which of several keys of the provider, from 0. */
  key?: number
  /** What a try that failed used all the same, where the provider said so. The last try's own stands on the call. */
  usage?: Usage
  /** Who counted it: the provider, where it is absent. */
  usageSource?: UsageSource
  /** Nano-USD; null is unknown. */
  cost?: number | null
  /**
   * How many bytes of an answer came, where a try failed after its provider had begun to answer and told no usage: what it used is
   * estimated from them. 0 where nothing of them was an answer.
   */
  cameBytes?: number
}

/** What the cache did for a call. */
export type CacheRecord = {
  status: 'hit' | 'semantic' | 'miss'
  /** The span of the call whose answer this is. */
  of?: string
  /** Cosine of the two questions, where they were not the same. */
  similarity?: number
  /** Nano-USD and milliseconds that the kept answer had cost. */
  savedCost?: number | null
  savedMs?: number
  /** The trace of that call. */
  ofTrace?: string
  /** Of a list of texts to embed: how many were kept, and how many went upstream. */
  items?: { hits: number; misses: number }
  /** The two questions, where they were compared and the project keeps content. */
  question?: string
  keptQuestion?: string
  /** Why a kept answer to a question so close was not given. */
  refused?: string[]
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
  /** In the order in which they were made; none where the answer came from the cache. */
  attempts: AttemptRecord[]
  /** How the targets were chosen; absent where there was nothing to choose. */
  route?: RouteDecision
  cache?: CacheRecord
  responseBytes: number
  /** The body is a server-sent event stream, not one JSON document. */
  sse: boolean
  /** The kept body was cut at the capture limit. */
  truncated: boolean
  /** So many more calls of the key were refused like this one within a second, and have no record of their own. */
  alike?: number
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
  format: IngestFormat
  receivedAt: number
  /** The content type of what came as a form, with its boundary. */
  contentType?: string
  /** The project that the client names in its own words: `Langsmith-Project`, `project_name`. Kept as metadata. */
  clientProject?: string
}

export type IngestFormat =
  | 'otlp-protobuf'
  | 'otlp-json'
  | 'otlp-decoded'
  | 'langfuse'
  | 'langsmith-batch'
  | 'langsmith-multipart'
  | 'langsmith-feedback'
  | 'opik'
  | 'scores'

/** What became of requests to the ingest endpoints of an edge, since its last such report. */
export type IngestReport = {
  v: 1
  /** Milliseconds since 1970. */
  at: number
  senders: {
    projectId: string
    keyId: string
    endpoint: string
    sdk: string
    requests: number
    accepted: number
    rejected: number
    reasons: { reason: string; count: number }[]
  }[]
  samples: {
    projectId: string
    keyId: string
    endpoint: string
    sdk: string
    reason: string
    message: string
    at: number
    /** Null where there was none, or the project keeps no content. */
    body: { text: string; bytes: number; cut: boolean } | null
    /** How it can be sent again: `body` in base64. */
    again?: { method: string; path: string; contentType: string; body: string }
  }[]
}

export const FRAME = { start: 1, end: 2, ingest: 3, report: 4 } as const
export type FrameKind = (typeof FRAME)[keyof typeof FRAME]
