/** How the models behave that the shop uses. Times in milliseconds, medians. */
export const MODELS = {
  'gpt-4o-mini': {
    provider: 'openai',
    answers: 'gpt-4o-mini-2024-07-18',
    server: 'api.openai.com',
    firstToken: 430,
    tokensPerSecond: 92,
    caches: 'openai',
  },
  'gpt-4o': {
    provider: 'openai',
    answers: 'gpt-4o-2024-08-06',
    server: 'api.openai.com',
    firstToken: 590,
    tokensPerSecond: 71,
    caches: 'openai',
  },
  'claude-sonnet-4-5': {
    provider: 'anthropic',
    answers: 'claude-sonnet-4-5-20250929',
    server: 'api.anthropic.com',
    firstToken: 1180,
    tokensPerSecond: 64,
    caches: 'anthropic',
  },
  /** On the shop's own machines: nobody publishes a price for it. */
  'llama-3.3-70b-instruct': {
    provider: 'vllm',
    answers: 'llama-3.3-70b-instruct',
    server: 'vllm.kestrel.internal',
    firstToken: 290,
    tokensPerSecond: 38,
    caches: 'none',
  },
} as const satisfies Record<
  string,
  {
    provider: string
    answers: string
    server: string
    firstToken: number
    tokensPerSecond: number
    caches: 'openai' | 'anthropic' | 'none'
  }
>
export type ModelName = keyof typeof MODELS
export const EMBEDDING_MODEL = 'text-embedding-3-small'

/** Tokens of a text, roughly: four Latin letters, one and a half Devanagari signs or one Japanese character each. */
export function tokensOf(text: string): number {
  let tokens = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    tokens += code < 0x0250 ? 0.25 : code < 0x3000 ? 0.65 : 0.95
  }
  return Math.max(1, Math.round(tokens))
}
