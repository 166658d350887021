import type { SpanDetail } from '@signalbox/schema'

/** What stands in the command in place of the key, which nobody keeps. */
const KEY = '$SIGNALBOX_KEY'

const PATHS: Record<string, string> = {
  'openai-chat': '/v1/chat/completions',
  'openai-completions': '/v1/completions',
  'openai-responses': '/v1/responses',
  anthropic: '/v1/messages',
  cohere: '/v2/chat',
}
/** Endpoints of OpenAI whose requests are JSON; files and sounds were not kept. */
const ENDPOINTS: Record<string, string> = {
  embeddings: '/v1/embeddings',
  moderation: '/v1/moderations',
  image_generation: '/v1/images/generations',
  speech: '/v1/audio/speech',
}

type Call = Pick<SpanDetail, 'source' | 'input' | 'attributes' | 'operation' | 'requestModel' | 'stream'>

/** A call through the gateway as a command that makes it again; null where it was not made here, or is not known whole. */
export function curlOf(call: Call, origin: string): string | null {
  const { source, input } = call
  const attributes = isFields(call.attributes) ? call.attributes : {}
  if (source !== 'gateway' || !isFields(input) || attributes.truncated === true || attributes.requestType !== undefined) return null
  const path = pathOf(call, String(attributes.dialect ?? 'openai-chat'))
  if (path === null) return null
  return [
    `curl ${quoted(origin + path)}`,
    `-H "Authorization: Bearer ${KEY}"`,
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(input))}`,
  ].join(' \\\n  ')
}

function pathOf({ operation, requestModel, stream }: Call, dialect: string): string | null {
  if (dialect === 'openai-endpoint') return ENDPOINTS[operation ?? ''] ?? null
  if (dialect === 'gemini')
    return requestModel && `/v1beta/models/${encodeURI(requestModel)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
  return PATHS[dialect] ?? null
}

/** For a shell: nothing within is looked at. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
