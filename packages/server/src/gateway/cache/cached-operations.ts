import type { ClientDialect, Door } from '../doors.ts'

/**
 * What of a body says nothing about the answer, by the client's dialect: whose call it is, how it is delivered. `store` of Responses
 * is not among it: a client that has its answer stored wants to go on from its id.
 */
const LEFT_OUT: Record<ClientDialect, ReadonlySet<string>> = {
  'openai-chat': new Set([
    'model',
    'stream',
    'stream_options',
    'user',
    'metadata',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_retention',
    'store',
  ]),
  'openai-completions': new Set(['model', 'stream', 'stream_options', 'user']),
  'openai-responses': new Set([
    'model',
    'stream',
    'stream_options',
    'user',
    'metadata',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_retention',
  ]),
  'openai-endpoint': new Set(['model', 'user']),
  anthropic: new Set(['model', 'stream', 'metadata']),
  gemini: new Set(['labels']),
  cohere: new Set(['model', 'stream']),
}
export const leftOut = (dialect: ClientDialect): ReadonlySet<string> => LEFT_OUT[dialect]

/** Headers that a provider of the client's dialect answers differently for, or that say where a call may go. */
export const TELLING_HEADERS = ['anthropic-beta', 'anthropic-version', 'openai-beta', 'x-signalbox-region', 'x-signalbox-strict'] as const

/** Beside chat: links to images end, audio is not kept, and files and batches change. */
const ENDPOINTS: ReadonlySet<string> = new Set(['embeddings', 'moderation'])

/** Whether the same request may be answered with the same answer. A conversation or a job at the provider goes on by itself. */
export function canBeKept({ dialect, operation }: Door, body: Record<string, unknown>): boolean {
  if (dialect === 'openai-endpoint') return ENDPOINTS.has(operation)
  if (dialect === 'openai-responses') return (body.conversation ?? null) === null && body.background !== true
  return true
}
