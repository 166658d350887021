/** What a client wants, in no dialect's words. A dialect decodes a request into this. */
export type Ask = {
  /** As the client wrote it; the answer repeats it. */
  model: string
  /** The text of the last user message. */
  text: string
  /** Text that came after it: results of tools. Empty while there are none. */
  toolResults: string[]
  inputTokens: number
  /** What the answer costs where it is no text. */
  outputTokens: number | null
  images: number
  choices: number
  stream: boolean
  includeUsage: boolean
  /** The answer has to be JSON: for this schema, or any (`true`). */
  json: JsonSchema | true | null
  tools: { name: string; parameters: JsonSchema }[]
  /** `auto`, `none`, `required`, or the name of the one to call. */
  toolChoice: string
  parallelTools: boolean
  /** Likely alternatives per token; null where no probabilities are wanted. */
  logprobs: number | null
  maxTokens: number | null
  stop: string[]
  /** The request, for what only its own dialect reads. */
  body: Body
}

/** A JSON object as it came. */
export type Body = { readonly [key: string]: unknown }
export type JsonSchema = Body

/** An ask with what a client gets that says nothing else. */
export const askOf = (said: Partial<Ask> & Pick<Ask, 'model' | 'text' | 'body'>): Ask => ({
  toolResults: [],
  inputTokens: 0,
  outputTokens: null,
  images: 0,
  choices: 1,
  stream: false,
  includeUsage: true,
  json: null,
  tools: [],
  toolChoice: 'auto',
  parallelTools: true,
  logprobs: null,
  maxTokens: null,
  stop: [],
  ...said,
})

/** Something wrong with a request: answered in the shape of its dialect. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string | null
  readonly param: string | null

  constructor(status: number, message: string, details: { code?: string; param?: string } = {}) {
    super(message)
    this.status = status
    this.code = details.code ?? null
    this.param = details.param ?? null
  }
}

/**
 * The published rule: one token for every four Unicode code points of text, begun ones included, over all messages
 * together; and IMAGE_TOKENS for every image, sound or file. Output is counted per choice: reasoning, text, tool names
 * and arguments.
 */
export const tokensOf = (characters: number): number => Math.ceil(characters / 4)
export const IMAGE_TOKENS = 100

/** Unicode code points. */
export function characters(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0xd800 && code <= 0xdbff) count--
  }
  return count
}
