import { type ChatQuirks, mistralChat, openaiChat } from './chat-quirks.ts'

/** What a provider speaks. */
export type ProviderDialect = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'bedrock' | 'cohere'

/** How the key is sent: as a Bearer token, in a header of that name, as an AWS signature, or not at all. */
export type Auth = 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key' | 'sigv4' | 'none'

/** What a provider is known to do differently. Data, so that one more provider is one more row. */
export type Quirks = {
  /** Accepts `stream_options.include_usage`. Where it does not, usage is taken from the stream if it comes by itself, else estimated. */
  streamUsage: boolean
  auth: Auth
  /** Has `/responses` beside `/chat/completions`. Where it has not, a Responses call is translated. */
  responses: boolean
  /** Models that are spoken to in another dialect than the rest, first match first. */
  otherDialects?: readonly (readonly [models: RegExp, dialect: ProviderDialect])[]
  /** Which models `/completions` serves. Calls of all others are translated to chat. */
  completions: 'all' | 'none' | RegExp
  /** What its chat wants otherwise than OpenAI's dialect has it. */
  chatQuirks?: ChatQuirks
}

/** A value that a kind needs beside key and address, from the file or else from the first of these variables that is set. */
export type Setting = { variables: readonly string[]; required: boolean; preset?: string }
export type SettingName = 'region' | 'accessKeyId' | 'secretAccessKey' | 'sessionToken' | 'apiVersion' | 'project' | 'location'

export type KindRow = Quirks & {
  dialect: ProviderDialect
  /** Where requests go when the configuration names no `baseUrl`, with `{setting}` filled in; null means that it has to name one. */
  baseUrl: string | null
  /** The variable that holds the address when the configuration names none. */
  baseUrlVariable?: string
  /** The variables that hold the key when the configuration names none; the first that is set counts. */
  keyVariables: readonly string[]
  /** Headers that are sent where the client sent none of that name. */
  defaults?: Record<string, string>
  settings?: Partial<Record<SettingName, Setting>>
  /** How an address is made of base URL and path. */
  address?: 'azure' | 'vertex'
}

const chat = { dialect: 'openai-chat', streamUsage: true, auth: 'bearer', responses: false, completions: 'none' } as const
const own = { streamUsage: false, responses: false, completions: 'none' } as const

/** Kinds of providers that stand. */
export const kinds = {
  openai: {
    ...chat,
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    responses: true,
    chatQuirks: openaiChat,
    otherDialects: [[/^(o1-pro|o3-pro|gpt-5[\w.]*-(pro|codex)|codex-|computer-use|.*deep-research)/, 'openai-responses']],
    completions: /instruct|^(davinci|babbage)-/,
  },
  'openai-compatible': { ...chat, baseUrl: null, keyVariables: [], completions: 'all' },
  azure: {
    ...chat,
    baseUrl: null,
    baseUrlVariable: 'AZURE_OPENAI_ENDPOINT',
    keyVariables: ['AZURE_OPENAI_API_KEY'],
    auth: 'api-key',
    responses: true,
    chatQuirks: openaiChat,
    settings: { apiVersion: { variables: ['AZURE_OPENAI_API_VERSION'], required: false } },
    address: 'azure',
  },
  mistral: {
    ...chat,
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    streamUsage: false,
    chatQuirks: mistralChat,
  },
  anthropic: {
    ...own,
    dialect: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    keyVariables: ['ANTHROPIC_API_KEY'],
    auth: 'x-api-key',
    defaults: { 'anthropic-version': '2023-06-01' },
  },
  google: {
    ...own,
    dialect: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    auth: 'x-goog-api-key',
  },
  vertex: {
    ...own,
    dialect: 'gemini',
    baseUrl: 'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/google',
    keyVariables: ['VERTEX_ACCESS_TOKEN'],
    auth: 'bearer',
    otherDialects: [[/^claude-/, 'anthropic']],
    settings: {
      project: { variables: ['GOOGLE_CLOUD_PROJECT', 'GOOGLE_VERTEX_PROJECT'], required: true },
      location: { variables: ['GOOGLE_CLOUD_LOCATION', 'GOOGLE_VERTEX_LOCATION'], required: true, preset: 'us-central1' },
    },
    address: 'vertex',
  },
  bedrock: {
    ...own,
    dialect: 'bedrock',
    baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
    keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
    auth: 'sigv4',
    settings: {
      region: { variables: ['AWS_REGION', 'AWS_DEFAULT_REGION'], required: true },
      accessKeyId: { variables: ['AWS_ACCESS_KEY_ID'], required: false },
      secretAccessKey: { variables: ['AWS_SECRET_ACCESS_KEY'], required: false },
      sessionToken: { variables: ['AWS_SESSION_TOKEN'], required: false },
    },
  },
  cohere: {
    ...own,
    dialect: 'cohere',
    baseUrl: 'https://api.cohere.com',
    keyVariables: ['CO_API_KEY', 'COHERE_API_KEY'],
    auth: 'bearer',
  },
  /** Its base URL is known when its socket is open: '' until then. */
  simulator: { ...chat, baseUrl: '', keyVariables: [], auth: 'none' },
} as const satisfies Record<string, KindRow>
export type KnownKind = keyof typeof kinds

export const kindOf = (name: string): KindRow | undefined => (Object.hasOwn(kinds, name) ? kinds[name as KnownKind] : undefined)
