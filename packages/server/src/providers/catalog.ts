import { mistralChat, openaiChat } from './chat-quirks.ts'
import { type KnownKind, kinds, type Quirks } from './kinds.ts'
import { type ProviderSettings, settingsOf } from './settings.ts'

export type CatalogRow = Partial<Quirks> & {
  name: string
  kind: KnownKind
  /** A fixed address, how to read it from the variable, or null for the one of the kind. */
  baseUrl: string | ((value: string) => string | null) | null
  /** The provider is there when this variable is set, or one of the others. */
  variable: string
  otherVariables?: readonly string[]
  /** The variable holds the key; else it holds an address. */
  holdsKey: boolean
}

const hosted = (name: string, variable: string, baseUrl: string, quirks: Partial<Quirks> = {}): CatalogRow => ({
  name,
  kind: 'openai-compatible',
  baseUrl,
  variable,
  holdsKey: true,
  responses: false,
  completions: 'none',
  ...quirks,
})

/** Providers that are there without a configuration file when their usual variable is set. Addresses as the providers document them. */
export const catalog: readonly CatalogRow[] = [
  {
    name: 'openai',
    kind: 'openai',
    baseUrl: kinds.openai.baseUrl,
    variable: 'OPENAI_API_KEY',
    holdsKey: true,
    chatQuirks: openaiChat,
  },
  { name: 'anthropic', kind: 'anthropic', baseUrl: kinds.anthropic.baseUrl, variable: 'ANTHROPIC_API_KEY', holdsKey: true },
  {
    name: 'google',
    kind: 'google',
    baseUrl: kinds.google.baseUrl,
    variable: 'GEMINI_API_KEY',
    otherVariables: ['GOOGLE_API_KEY'],
    holdsKey: true,
  },
  {
    name: 'cohere',
    kind: 'cohere',
    baseUrl: kinds.cohere.baseUrl,
    variable: 'CO_API_KEY',
    otherVariables: ['COHERE_API_KEY'],
    holdsKey: true,
  },
  { name: 'azure', kind: 'azure', baseUrl: null, variable: 'AZURE_OPENAI_API_KEY', holdsKey: true },
  { name: 'bedrock', kind: 'bedrock', baseUrl: null, variable: 'AWS_BEARER_TOKEN_BEDROCK', holdsKey: true },
  { name: 'bedrock', kind: 'bedrock', baseUrl: null, variable: 'AWS_ACCESS_KEY_ID', holdsKey: false },
  { name: 'ollama', kind: 'openai-compatible', baseUrl: ollamaUrl, variable: 'OLLAMA_HOST', holdsKey: false, auth: 'none' },
  hosted('groq', 'GROQ_API_KEY', 'https://api.groq.com/openai/v1', { responses: true }),
  hosted('deepseek', 'DEEPSEEK_API_KEY', 'https://api.deepseek.com/v1'),
  // 422 "extra_forbidden" on stream_options.include_usage; its last chunk carries usage unasked (openai/openai-agents-python#442).
  {
    name: 'mistral',
    kind: 'mistral',
    baseUrl: kinds.mistral.baseUrl,
    variable: 'MISTRAL_API_KEY',
    holdsKey: true,
    streamUsage: false,
    chatQuirks: mistralChat,
  },
  hosted('together', 'TOGETHER_API_KEY', 'https://api.together.xyz/v1', { completions: 'all' }),
  hosted('openrouter', 'OPENROUTER_API_KEY', 'https://openrouter.ai/api/v1', { responses: true, completions: 'all' }),
  hosted('xai', 'XAI_API_KEY', 'https://api.x.ai/v1', { responses: true }),
  hosted('fireworks', 'FIREWORKS_API_KEY', 'https://api.fireworks.ai/inference/v1', { responses: true, completions: 'all' }),
  hosted('cerebras', 'CEREBRAS_API_KEY', 'https://api.cerebras.ai/v1'),
  hosted('perplexity', 'PERPLEXITY_API_KEY', 'https://api.perplexity.ai'),
  hosted('nvidia', 'NVIDIA_API_KEY', 'https://integrate.api.nvidia.com/v1'),
  hosted('huggingface', 'HF_TOKEN', 'https://router.huggingface.co/v1'),
]

export type EnvironmentProvider = {
  name: string
  kind: KnownKind
  baseUrl: string
  apiKey: string | null
  settings?: ProviderSettings
  problem: string | null
}

/** The providers whose usual variable is set. One that cannot be used says why in `problem`. */
export function environmentProviders(variables: Record<string, string | undefined>): EnvironmentProvider[] {
  const found = new Map<string, EnvironmentProvider>()
  for (const row of catalog) {
    const variable = [row.variable, ...(row.otherVariables ?? [])].find((name) => variables[name]?.trim())
    if (!variable || found.has(row.name)) continue
    found.set(row.name, { name: row.name, kind: row.kind, ...read(row, variable, variables) })
  }
  return [...found.values()]
}

function read(row: CatalogRow, variable: string, variables: Record<string, string | undefined>) {
  const value = variables[variable]?.trim() ?? ''
  const apiKey = row.holdsKey ? value : null
  if (row.baseUrl === null) return { apiKey, ...settingsOf(row.kind, { entry: {}, variables }) }
  const baseUrl = typeof row.baseUrl === 'string' ? row.baseUrl : row.baseUrl(value)
  return { baseUrl: baseUrl ?? '', apiKey, problem: baseUrl === null ? `${variable} is "${value}", which is not an address` : null }
}

/** `OLLAMA_HOST` as Ollama reads it: `host`, `host:port`, `:port` or a URL; a listen-on-all address means this machine. */
function ollamaUrl(value: string): string | null {
  const text = /^https?:\/\//i.test(value) ? value : `http://${value.startsWith(':') ? `127.0.0.1${value}` : value}`
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (!url.port && !/^https?:\/\//i.test(value)) url.port = '11434'
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1'
  return `${url.origin}${url.pathname.replace(/\/(v1\/?)?$/, '')}/v1`
}
