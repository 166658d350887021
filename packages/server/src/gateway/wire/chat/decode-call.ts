import type { Call } from '../language.ts'
import { countAt, flagAt, invalid, type Json, listAt, numberAt, objectAt, textAt } from './check.ts'
import { decodeFormat } from './decode-format.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeReasoning } from './decode-reasoning.ts'
import { decodeTools } from './decode-tools.ts'
import type { ChatNotes } from './notes.ts'

const KNOWN = new Set([
  ...['model', 'messages', 'stream', 'stream_options', 'tools', 'tool_choice', 'functions', 'function_call', 'parallel_tool_calls'],
  ...['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'top_k', 'stop', 'seed', 'presence_penalty', 'frequency_penalty'],
  ...['n', 'logprobs', 'top_logprobs', 'response_format', 'reasoning_effort', 'reasoning', 'thinking', 'user', 'metadata', 'service_tier'],
])

/** Reads a parsed `POST /v1/chat/completions` body. What it does not know goes to `extras`. */
export function decodeCall(body: Json, address: { model?: string; stream?: boolean }): Call {
  const notes: ChatNotes = {}
  const extras: [string, unknown][] = Object.entries(body).filter(([key, value]) => !KNOWN.has(key) && value !== undefined)
  const messages = listAt(body, 'messages')
  if (!messages) throw invalid('messages', 'is missing')
  const { system, turns } = decodeMessages(messages, notes)
  const sampling = decodeSampling(body, address, notes)
  const tools = decodeTools(body, notes)
  const format = decodeFormat(body)
  const reasoning = decodeReasoning(body, notes)
  const logprobs = decodeLogprobCount(body)
  const metadata = objectAt(body, 'metadata')
  const isPlain = metadata && Object.values(metadata).every((value) => typeof value === 'string')
  if (metadata && !isPlain) extras.push(['metadata', metadata])
  return {
    dialect: 'openai-chat',
    ...sampling,
    system,
    turns,
    ...tools.call,
    ...(format.format && { format: format.format }),
    ...(reasoning.reasoning && { reasoning: reasoning.reasoning }),
    ...(logprobs !== undefined && { logprobs }),
    ...(isPlain && { metadata: metadata as Record<string, string> }),
    extras: Object.fromEntries([...extras, ...tools.extras, ...format.extras, ...reasoning.extras]),
    ...(Object.keys(notes).length > 0 && { notes }),
  }
}

/** The parameters that chat and the older completions share. `stream_options` and the spelling of the limit go to `notes`. */
export function decodeSampling(body: Json, address: { model?: string; stream?: boolean }, notes: ChatNotes) {
  const model = address.model ?? textAt(body, 'model')
  if (!model) throw invalid('model', 'must be a string that names a model')
  const options = objectAt(body, 'stream_options')
  if (options) notes.streamOptions = options
  const completionTokens = countAt(body, 'max_completion_tokens')
  if (completionTokens !== undefined) notes.maxTokensAs = 'max_completion_tokens'
  return {
    model,
    stream: address.stream ?? flagAt(body, 'stream') ?? false,
    ...present('maxTokens', completionTokens ?? countAt(body, 'max_tokens')),
    ...present('temperature', numberAt(body, 'temperature')),
    ...present('topP', numberAt(body, 'top_p')),
    ...present('topK', countAt(body, 'top_k')),
    ...present('stop', decodeStop(body)),
    ...present('seed', numberAt(body, 'seed')),
    ...present('presencePenalty', numberAt(body, 'presence_penalty')),
    ...present('frequencyPenalty', numberAt(body, 'frequency_penalty')),
    ...present('choices', decodeChoices(body)),
    ...present('user', textAt(body, 'user')),
    ...present('serviceTier', textAt(body, 'service_tier')),
  }
}

const present = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value })

function decodeStop(body: Json): string[] | undefined {
  const { stop } = body
  if (stop === null || stop === undefined) return undefined
  if (typeof stop === 'string') return [stop]
  if (Array.isArray(stop) && stop.every((one) => typeof one === 'string')) return stop
  throw invalid('stop', 'must be a string or a list of strings')
}

function decodeChoices(body: Json): number | undefined {
  const choices = countAt(body, 'n')
  if (choices === 0) throw invalid('n', 'must be at least 1')
  return choices
}

function decodeLogprobCount(body: Json): number | undefined {
  const wanted = flagAt(body, 'logprobs')
  const top = countAt(body, 'top_logprobs')
  if (top && !wanted) throw invalid('top_logprobs', 'needs `logprobs: true`')
  return wanted ? (top ?? 0) : undefined
}
