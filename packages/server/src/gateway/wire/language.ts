import type { Usage } from '@signalbox/schema'

/**
 * The inner language between dialects: content blocks and the events of an answer, a superset of Anthropic's blocks and of
 * OpenAI's Responses items. Every codec reads its dialect into this and writes its dialect from this, so that text, order,
 * tools, reasoning with its signature and cache control survive any pair. It is not used where client and target speak the
 * same dialect: there the bytes pass as they are.
 */
export type Dialect = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'bedrock' | 'cohere'

/** Where media is. Base64 text is carried as it came and never decoded. */
export type Source =
  | { kind: 'base64'; mediaType: string; data: string }
  | { kind: 'url'; url: string; mediaType?: string }
  /** A file that was uploaded to the provider before. */
  | { kind: 'id'; id: string }

/** A prompt cache breakpoint after a block, `ttl` as Anthropic writes it: `5m` or `1h`. */
export type CacheMark = { ttl?: string }

/** A place that a text refers to. `start` and `end` are UTF-16 offsets in the text of its block where the dialect gives them. */
export type Citation = {
  url?: string
  title?: string
  /** The words that are cited. */
  text?: string
  start?: number
  end?: number
  /** As the dialect wrote it, for a way back into the same dialect. */
  native?: { dialect: Dialect; value: unknown }
}

/** What only one dialect knows of a block (the id of its item, a phase, …), for a way back into the same dialect; others ignore it. */
export type Native = { dialect: Dialect; value: Record<string, unknown> }

export type TextBlock = { type: 'text'; text: string; citations?: Citation[]; cache?: CacheMark; native?: Native }
export type ImageBlock = { type: 'image'; source: Source; detail?: string; cache?: CacheMark; native?: Native }
export type AudioBlock = { type: 'audio'; source: Source; format?: string; cache?: CacheMark; native?: Native }
export type FileBlock = { type: 'file'; source: Source; name?: string; cache?: CacheMark; native?: Native }
export type RefusalBlock = { type: 'refusal'; text: string; native?: Native }
/**
 * What a model thought. `signature` or `encrypted` is the vendor's own proof and means nothing to another vendor, so a codec
 * of another dialect leaves the block out and names it in `dropped` as `reasoning`.
 */
export type ReasoningBlock = {
  type: 'reasoning'
  text: string
  /** A summary written for people, not the thoughts themselves. */
  isSummary?: boolean
  signature?: string
  /** Thoughts that only the vendor can read: Anthropic's `redacted_thinking.data`, `encrypted_content` of Responses. */
  encrypted?: string
  id?: string
  origin: Dialect
}
/** A call of a tool. `arguments` is JSON text as the model wrote it, '' while nothing came yet. */
export type ToolCallBlock = {
  type: 'tool-call'
  id: string
  name: string
  arguments: string
  /** Gemini's `thoughtSignature`, which has to come back with the call. */
  signature?: { dialect: Dialect; value: string }
  cache?: CacheMark
  native?: Native
}
export type ToolResultBlock = {
  type: 'tool-result'
  callId: string
  /** Gemini knows results by the name of the tool. Codecs that have no name look it up in the calls before. */
  name?: string
  blocks: (TextBlock | ImageBlock | FileBlock)[]
  isError?: boolean
  cache?: CacheMark
  native?: Native
}
/** Something that only its own dialect understands (server tools, search results, …): carried back as it is, dropped elsewhere. */
export type OpaqueBlock = { type: 'opaque'; dialect: Dialect; what: string; value: unknown }

export type Block =
  | TextBlock
  | ImageBlock
  | AudioBlock
  | FileBlock
  | RefusalBlock
  | ReasoningBlock
  | ToolCallBlock
  | ToolResultBlock
  | OpaqueBlock

/** Tool results stand in user turns, in the order in which they were sent. */
export type Turn = { role: 'user' | 'assistant'; blocks: Block[]; name?: string }

export type Tool = {
  name: string
  description?: string
  /** JSON Schema of the arguments. */
  parameters?: Record<string, unknown>
  strict?: boolean
  cache?: CacheMark
  native?: Native
}

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'

/** A request in the inner language. What is absent was not sent. */
export type Call = {
  dialect: Dialect
  model: string
  stream: boolean
  system: TextBlock[]
  turns: Turn[]
  tools: Tool[]
  /** Tools that a vendor runs itself, as its dialect wrote them. */
  serverTools: { dialect: Dialect; name: string; value: unknown }[]
  toolChoice?: { type: 'auto' | 'none' | 'required' } | { type: 'tool'; name: string }
  parallelToolCalls?: boolean
  maxTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  stop?: string[]
  seed?: number
  presencePenalty?: number
  frequencyPenalty?: number
  /** How many answers, 1 where absent. */
  choices?: number
  /** How many alternatives per token; 0 is only the token's own. */
  logprobs?: number
  format?:
    | { type: 'text' }
    | { type: 'json' }
    | { type: 'json-schema'; name: string; schema: Record<string, unknown>; strict?: boolean; description?: string }
  reasoning?: { effort?: Effort; budgetTokens?: number; summary?: boolean }
  user?: string
  metadata?: Record<string, string>
  serviceTier?: string
  /** Parameters of the client's dialect that have no place above, by their name there. They reach only the same dialect. */
  extras: Record<string, unknown>
  /**
   * How the client's dialect said it (which spelling, usage in the stream, …), for the codec of that dialect alone. It is
   * nothing that a target carries, so nobody names it in `dropped`.
   */
  notes?: Record<string, unknown>
}

/** Why an answer ended. `pause`: the vendor wants the same turn sent again. */
export type FinishReason = 'stop' | 'stop-sequence' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'error'

export type AnswerError = {
  message: string
  /** HTTP status that the provider meant, where it says so. */
  status?: number
  /** The provider's own word for it. */
  code?: string
}

export type Logprob = {
  token: string
  logprob: number
  bytes?: number[] | null
  top?: { token: string; logprob: number; bytes?: number[] | null }[]
}

/**
 * The events of an answer, whole or streamed. `choice` counts answers (`n` > 1), `index` the blocks within one; blocks of one
 * choice open and close one after the other, except tool calls, of which several may be open. Deltas follow the `block` that
 * opened them; a `block` may bring its first content itself.
 */
export type AnswerEvent =
  /** `createdAt` in Unix seconds. */
  | { type: 'start'; id: string; model: string; createdAt?: number }
  | { type: 'block'; choice: number; index: number; block: Block }
  | { type: 'text'; choice: number; index: number; text: string; logprobs?: Logprob[] }
  | { type: 'citation'; choice: number; index: number; citation: Citation }
  | { type: 'signature'; choice: number; index: number; signature: string }
  | { type: 'arguments'; choice: number; index: number; text: string }
  | { type: 'block-end'; choice: number; index: number }
  | { type: 'finish'; choice: number; reason: FinishReason; native: string; stopSequence?: string }
  /** Disjoint buckets, cumulative: the last one counts. `raw` as the provider sent it. */
  | { type: 'usage'; usage: Usage; raw: unknown }
  | { type: 'error'; error: AnswerError }
  /** The provider's own end of the answer was seen. An answer without it was cut off. */
  | { type: 'end' }

/** A whole answer: its events, collected. */
export type Answer = {
  id: string
  model: string
  createdAt?: number
  choices: { blocks: Block[]; finish?: { reason: FinishReason; native: string; stopSequence?: string }; logprobs?: Logprob[] }[]
  usage?: { usage: Usage; raw: unknown }
  error?: AnswerError
  ended: boolean
}
