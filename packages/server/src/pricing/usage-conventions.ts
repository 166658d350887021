/** A step into a usage object: a field, or the element of a list whose `field` is `is`. */
type Step = string | { field: string; is: string }
export type Path = readonly Step[]

/**
 * Where a dialect writes its counts, and what includes what. For every count the first spelling found wins.
 * `cacheInside`: cached tokens are part of `input`. `reasoningInside`: reasoning is part of `output`.
 * `mediaInside`: audio and image tokens are part of `input` and `output`.
 */
export type Convention = {
  cacheInside: boolean
  reasoningInside: boolean
  mediaInside: boolean
  input: readonly Path[]
  /** Input that stands beside `input`, whatever the convention. */
  inputExtra: readonly Path[]
  output: readonly Path[]
  total: readonly Path[]
  cacheRead: readonly Path[]
  /** All cache writes, of any lifetime. */
  cacheWriteAll: readonly Path[]
  cacheWrite: readonly Path[]
  cacheWrite1h: readonly Path[]
  inputAudio: readonly Path[]
  inputImage: readonly Path[]
  /** The part of `inputAudio` and `inputImage` that a cache served: it is counted in `cacheRead`. */
  cachedAudio: readonly Path[]
  cachedImage: readonly Path[]
  reasoning: readonly Path[]
  outputAudio: readonly Path[]
}

const inside = { cacheInside: true, reasoningInside: true, mediaInside: true }
const NOTHING: Omit<Convention, keyof typeof inside> = {
  input: [],
  inputExtra: [],
  output: [],
  total: [],
  cacheRead: [],
  cacheWriteAll: [],
  cacheWrite: [],
  cacheWrite1h: [],
  inputAudio: [],
  inputImage: [],
  cachedAudio: [],
  cachedImage: [],
  reasoning: [],
  outputAudio: [],
}
/** Names without structure: OpenTelemetry attributes have dots inside one key. */
const flat = (...names: string[]): Path[] => names.map((name) => [name])
const modality = (list: string, is: string): Path => [list, { field: 'modality', is }, 'tokenCount']

/** The dialects of token counts, as data. A new spelling is one more entry here. */
export const CONVENTIONS = {
  /** Chat completions, completions, embeddings, Responses, Realtime; with what compatible servers add (DeepSeek, Moonshot, OpenRouter). */
  openai: {
    ...inside,
    ...NOTHING,
    input: flat('prompt_tokens', 'input_tokens'),
    output: flat('completion_tokens', 'output_tokens'),
    total: flat('total_tokens'),
    cacheRead: [
      ['prompt_tokens_details', 'cached_tokens'],
      ['input_tokens_details', 'cached_tokens'],
      ['input_token_details', 'cached_tokens'],
      ...flat('prompt_cache_hit_tokens', 'cached_tokens', 'cache_read_input_tokens'),
    ],
    cacheWriteAll: [
      ['prompt_tokens_details', 'cache_write_tokens'],
      ['input_tokens_details', 'cache_write_tokens'],
      ['cache_creation_input_tokens'],
    ],
    inputAudio: [
      ['prompt_tokens_details', 'audio_tokens'],
      ['input_tokens_details', 'audio_tokens'],
      ['input_token_details', 'audio_tokens'],
    ],
    inputImage: [
      ['prompt_tokens_details', 'image_tokens'],
      ['input_tokens_details', 'image_tokens'],
      ['input_token_details', 'image_tokens'],
    ],
    cachedAudio: [
      ['prompt_tokens_details', 'cached_tokens_details', 'audio_tokens'],
      ['input_token_details', 'cached_tokens_details', 'audio_tokens'],
    ],
    cachedImage: [
      ['prompt_tokens_details', 'cached_tokens_details', 'image_tokens'],
      ['input_token_details', 'cached_tokens_details', 'image_tokens'],
    ],
    reasoning: [['completion_tokens_details', 'reasoning_tokens'], ['output_tokens_details', 'reasoning_tokens'], ['reasoning_tokens']],
    outputAudio: [
      ['completion_tokens_details', 'audio_tokens'],
      ['output_tokens_details', 'audio_tokens'],
      ['output_token_details', 'audio_tokens'],
    ],
  },
  /** Messages: `input_tokens` leaves out what the cache read or wrote; thinking is part of `output_tokens`. */
  anthropic: {
    ...inside,
    ...NOTHING,
    cacheInside: false,
    input: flat('input_tokens'),
    output: flat('output_tokens'),
    cacheRead: flat('cache_read_input_tokens'),
    cacheWriteAll: flat('cache_creation_input_tokens'),
    cacheWrite: [['cache_creation', 'ephemeral_5m_input_tokens']],
    cacheWrite1h: [['cache_creation', 'ephemeral_1h_input_tokens']],
    reasoning: [['output_tokens_details', 'thinking_tokens']],
  },
  /** `usageMetadata`: thoughts and tool-use prompts stand beside the other counts. */
  gemini: {
    ...inside,
    ...NOTHING,
    reasoningInside: false,
    input: flat('promptTokenCount'),
    inputExtra: flat('toolUsePromptTokenCount'),
    output: flat('candidatesTokenCount', 'responseTokenCount'),
    total: flat('totalTokenCount'),
    cacheRead: flat('cachedContentTokenCount'),
    inputAudio: [modality('promptTokensDetails', 'AUDIO')],
    inputImage: [modality('promptTokensDetails', 'IMAGE')],
    cachedAudio: [modality('cacheTokensDetails', 'AUDIO')],
    cachedImage: [modality('cacheTokensDetails', 'IMAGE')],
    reasoning: flat('thoughtsTokenCount'),
    outputAudio: [modality('candidatesTokensDetails', 'AUDIO'), modality('responseTokensDetails', 'AUDIO')],
  },
  /** Converse: cached tokens stand beside `inputTokens`. `totalTokens` is left out: models disagree whether the cache is in it. */
  bedrock: {
    ...inside,
    ...NOTHING,
    cacheInside: false,
    input: flat('inputTokens'),
    output: flat('outputTokens'),
    cacheRead: flat('cacheReadInputTokens'),
    cacheWriteAll: flat('cacheWriteInputTokens'),
    cacheWrite: [['cacheDetails', { field: 'ttl', is: '5m' }, 'inputTokens']],
    cacheWrite1h: [['cacheDetails', { field: 'ttl', is: '1h' }, 'inputTokens']],
  },
  /**
   * Chat v2: `billed_units` is what is paid for, `tokens` counts the vendor's own prompt template too. `cached_tokens` is a
   * part of the latter and has no price of its own, so it is not taken.
   */
  cohere: {
    ...inside,
    ...NOTHING,
    input: [
      ['billed_units', 'input_tokens'],
      ['tokens', 'input_tokens'],
    ],
    output: [
      ['billed_units', 'output_tokens'],
      ['tokens', 'output_tokens'],
    ],
  },
  /** Attributes of OpenTelemetry spans: the GenAI conventions old and new, and the AI SDK's own. */
  genai: {
    ...inside,
    ...NOTHING,
    input: flat(
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.prompt_tokens',
      'llm.usage.prompt_tokens',
      'ai.usage.inputTokens',
      'ai.usage.promptTokens',
      'ai.usage.tokens',
    ),
    output: flat(
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.completion_tokens',
      'llm.usage.completion_tokens',
      'ai.usage.outputTokens',
      'ai.usage.completionTokens',
    ),
    total: flat('gen_ai.usage.total_tokens', 'llm.usage.total_tokens', 'ai.usage.totalTokens'),
    cacheRead: flat(
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.cached_input_tokens',
      'gen_ai.usage.details.cache_read_tokens',
      'llm.usage.cache_read_input_tokens',
      'ai.usage.inputTokenDetails.cacheReadTokens',
      'ai.usage.cachedInputTokens',
    ),
    cacheWriteAll: flat(
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_write_input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.details.cache_write_tokens',
      'llm.usage.cache_creation_input_tokens',
      'ai.usage.inputTokenDetails.cacheWriteTokens',
    ),
    inputAudio: flat('gen_ai.usage.audio.input_tokens', 'gen_ai.usage.details.input_audio_tokens'),
    inputImage: flat('gen_ai.usage.image.input_tokens', 'gen_ai.usage.details.input_image_tokens'),
    reasoning: flat(
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.details.reasoning_tokens',
      'llm.usage.reasoning_tokens',
      'ai.usage.outputTokenDetails.reasoningTokens',
      'ai.usage.reasoningTokens',
    ),
    outputAudio: flat('gen_ai.usage.audio.output_tokens', 'gen_ai.usage.details.output_audio_tokens'),
  },
  openinference: {
    ...inside,
    ...NOTHING,
    input: flat('llm.token_count.prompt'),
    output: flat('llm.token_count.completion'),
    total: flat('llm.token_count.total'),
    cacheRead: flat('llm.token_count.prompt_details.cache_read', 'llm.token_count.prompt_details.cache_input'),
    cacheWriteAll: flat('llm.token_count.prompt_details.cache_write'),
    inputAudio: flat('llm.token_count.prompt_details.audio'),
    inputImage: flat('llm.token_count.prompt_details.image'),
    reasoning: flat('llm.token_count.completion_details.reasoning'),
    outputAudio: flat('llm.token_count.completion_details.audio'),
  },
  /** `usage_metadata` of LangChain and LangSmith: details are parts of the totals. */
  langchain: {
    ...inside,
    ...NOTHING,
    input: flat('input_tokens'),
    output: flat('output_tokens'),
    total: flat('total_tokens'),
    cacheRead: [['input_token_details', 'cache_read']],
    cacheWriteAll: [
      ['input_token_details', 'cache_creation'],
      ['input_token_details', 'cache_write'],
    ],
    cacheWrite: [['input_token_details', 'ephemeral_5m_input_tokens']],
    cacheWrite1h: [['input_token_details', 'ephemeral_1h_input_tokens']],
    inputAudio: [['input_token_details', 'audio']],
    inputImage: [['input_token_details', 'image']],
    reasoning: [['output_token_details', 'reasoning']],
    outputAudio: [['output_token_details', 'audio']],
  },
  /** Our own buckets, and maps whose entries exclude each other (Langfuse `usageDetails`). */
  disjoint: {
    ...NOTHING,
    cacheInside: false,
    reasoningInside: false,
    mediaInside: false,
    input: flat('input'),
    output: flat('output'),
    total: flat('total'),
    cacheRead: flat('cacheRead', 'cache_read_input_tokens', 'input_cached_tokens', 'input_cache_read', 'input_cached'),
    cacheWriteAll: flat('cache_creation_input_tokens', 'input_cache_creation', 'input_cache_write'),
    cacheWrite: flat('cacheWrite', 'input_cache_creation_5m'),
    cacheWrite1h: flat('cacheWrite1h', 'input_cache_creation_1h'),
    inputAudio: flat('inputAudio', 'input_audio_tokens', 'input_audio'),
    inputImage: flat('inputImage', 'input_image_tokens', 'input_image'),
    reasoning: flat('reasoning', 'output_reasoning_tokens', 'output_reasoning', 'reasoning_tokens'),
    outputAudio: flat('outputAudio', 'output_audio_tokens', 'output_audio'),
  },
} as const satisfies Record<string, Convention>

export type UsageConvention = keyof typeof CONVENTIONS
