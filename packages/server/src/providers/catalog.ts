/** What a provider is known to do differently. Data, so that one more provider is one more row. */
export type Quirks = {
  /** Accepts `stream_options.include_usage`. Where it does not, usage is taken from the stream if it comes by itself, else estimated. */
  streamUsage: boolean
  /** How the key is sent. */
  auth: 'bearer' | 'none'
}

export type KindRow = Quirks & {
  dialect: 'openai-chat'
  /** Where requests go when the configuration names no `baseUrl`; null means that it has to. */
  baseUrl: string | null
  /** The variable that holds the key when the configuration names none. */
  keyVariable: string | null
}

/** Kinds of providers that stand. */
export const kinds = {
  openai: {
    dialect: 'openai-chat',
    baseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    streamUsage: true,
    auth: 'bearer',
  },
  'openai-compatible': { dialect: 'openai-chat', baseUrl: null, keyVariable: null, streamUsage: true, auth: 'bearer' },
  /** Its base URL is known when its socket is open: '' until then. */
  simulator: { dialect: 'openai-chat', baseUrl: '', keyVariable: null, streamUsage: true, auth: 'none' },
} as const satisfies Record<string, KindRow>
export type KnownKind = keyof typeof kinds

/** Kinds that the documentation names and that this version cannot speak yet. */
export const LATER_KINDS = ['anthropic', 'google', 'bedrock'] as const
export type LaterKind = (typeof LATER_KINDS)[number]

export type CatalogRow = Partial<Quirks> & {
  name: string
  kind: KnownKind | LaterKind
  /** A fixed address, or how to read it from the variable. */
  baseUrl: string | ((value: string) => string | null)
  /** The provider is there when this variable is set. */
  variable: string
  /** The variable holds the key; else it holds an address. */
  holdsKey: boolean
}

const hosted = (name: string, variable: string, baseUrl: string, quirks: Partial<Quirks> = {}): CatalogRow => ({
  name,
  kind: 'openai-compatible',
  baseUrl,
  variable,
  holdsKey: true,
  ...quirks,
})

/** Providers that are there without a configuration file when their usual variable is set. Addresses as the providers document them. */
export const catalog: readonly CatalogRow[] = [
  { name: 'openai', kind: 'openai', baseUrl: kinds.openai.baseUrl, variable: 'OPENAI_API_KEY', holdsKey: true },
  { name: 'anthropic', kind: 'anthropic', baseUrl: 'https://api.anthropic.com', variable: 'ANTHROPIC_API_KEY', holdsKey: true },
  { name: 'google', kind: 'google', baseUrl: 'https://generativelanguage.googleapis.com', variable: 'GEMINI_API_KEY', holdsKey: true },
  { name: 'ollama', kind: 'openai-compatible', baseUrl: ollamaUrl, variable: 'OLLAMA_HOST', holdsKey: false, auth: 'none' },
  hosted('groq', 'GROQ_API_KEY', 'https://api.groq.com/openai/v1'),
  hosted('deepseek', 'DEEPSEEK_API_KEY', 'https://api.deepseek.com/v1'),
  // 422 "extra_forbidden" on stream_options.include_usage; its last chunk carries usage unasked (openai/openai-agents-python#442).
  hosted('mistral', 'MISTRAL_API_KEY', 'https://api.mistral.ai/v1', { streamUsage: false }),
  hosted('together', 'TOGETHER_API_KEY', 'https://api.together.xyz/v1'),
  hosted('openrouter', 'OPENROUTER_API_KEY', 'https://openrouter.ai/api/v1'),
  hosted('xai', 'XAI_API_KEY', 'https://api.x.ai/v1'),
  hosted('fireworks', 'FIREWORKS_API_KEY', 'https://api.fireworks.ai/inference/v1'),
  hosted('cerebras', 'CEREBRAS_API_KEY', 'https://api.cerebras.ai/v1'),
  hosted('perplexity', 'PERPLEXITY_API_KEY', 'https://api.perplexity.ai'),
  hosted('nvidia', 'NVIDIA_API_KEY', 'https://integrate.api.nvidia.com/v1'),
  hosted('huggingface', 'HF_TOKEN', 'https://router.huggingface.co/v1'),
]

export type EnvironmentProvider = {
  name: string
  kind: KnownKind | LaterKind
  baseUrl: string
  apiKey: string | null
  problem: string | null
}

/** The providers whose usual variable is set. One that cannot be used says why in `problem`. */
export function environmentProviders(variables: Record<string, string | undefined>): EnvironmentProvider[] {
  return catalog.flatMap((row) => {
    const value = variables[row.variable]?.trim()
    if (!value) return []
    const baseUrl = typeof row.baseUrl === 'string' ? row.baseUrl : row.baseUrl(value)
    const problem = baseUrl === null ? `${row.variable} is "${value}", which is not an address` : kindProblem(row.kind)
    return [{ name: row.name, kind: row.kind, baseUrl: baseUrl ?? '', apiKey: row.holdsKey ? value : null, problem }]
  })
}

/** Why a provider of this kind cannot be used, or null. */
export const kindProblem = (kind: string): string | null => (kind in kinds ? null : `kind ${kind} is not supported by this version yet`)

/** `OLLAMA_HOST` as Ollama reads it: `host`, `host:port`, `:port` or a URL; a listen-on-all address means this machine. */
function ollamaUrl(value: string): string | null {
  const text = /^https?:\/\//i.test(value) ? value : `http://${value.startsWith(':') ? `127.0.0.1${value}` : value}`
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (!url.port && !/^https?:\/\//i.test(value)) url.port = '11434'
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1'
  return `${url.origin}${url.pathname.replace(/\/(v1\/?)?$/, '')}/v1`
}
