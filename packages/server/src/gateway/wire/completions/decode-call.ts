import { countAt, flagAt, type Json } from '../chat/check.ts'
import { decodeSampling } from '../chat/decode-call.ts'
import type { ChatNotes } from '../chat/notes.ts'
import type { Call } from '../language.ts'
import { decodePrompt } from './decode-prompt.ts'

const KNOWN = new Set([
  ...['model', 'prompt', 'stream', 'stream_options', 'max_tokens', 'temperature', 'top_p', 'top_k', 'stop', 'seed'],
  ...['presence_penalty', 'frequency_penalty', 'n', 'logprobs', 'user', 'service_tier'],
])

/**
 * Reads a parsed `POST /v1/completions` body as a chat call: the prompt is what the user says. `suffix`, `echo` and `best_of` go
 * to extras; switched off they ask for nothing and are left out.
 */
export function decodeCall(body: Json, address: { model?: string; stream?: boolean }): Call {
  const notes: ChatNotes = { endpoint: 'completions' }
  const prompt = decodePrompt(body.prompt)
  const logprobs = countAt(body, 'logprobs')
  const off = new Set<string>()
  if (flagAt(body, 'echo') !== true) off.add('echo')
  if (body.suffix === '' || body.suffix === null) off.add('suffix')
  if ((countAt(body, 'best_of') ?? 1) === 1) off.add('best_of')
  const extras = Object.entries(body).filter(([key, value]) => !KNOWN.has(key) && !off.has(key) && value !== undefined)
  return {
    dialect: 'openai-chat',
    ...decodeSampling(body, address, notes),
    system: [],
    turns: [{ role: 'user', blocks: prompt === '' ? [] : [{ type: 'text', text: prompt }] }],
    tools: [],
    serverTools: [],
    ...(logprobs !== undefined && { logprobs }),
    extras: Object.fromEntries(extras),
    notes,
  }
}
