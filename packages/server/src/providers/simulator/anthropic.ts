import { newTraceId } from '../../lib/ids.ts'
import type { Answer } from './answer.ts'
import { decodeAnthropic } from './anthropic-request.ts'
import type { Ask, Body } from './ask.ts'
import { type Placed, placed } from './blocks.ts'
import { type Dialect, event, type Frames, type Told } from './dialect.ts'
import { argumentsOf } from './values.ts'

/** Anthropic Messages, https://docs.anthropic.com/en/api/messages. */
export const anthropic: Dialect = {
  name: 'anthropic',
  path: '/v1/messages',
  decode: (request) => decodeAnthropic(request, true),
  whole: (ask, answer) => {
    const id = newId()
    const content = placed(answer.pieces).filter((place) => place.opens)
    return JSON.stringify({
      ...messageOf(ask, id),
      content: content.map((place) => blockOf(answer, place, id)),
      ...endOf(answer),
      ...usageOf(answer, answer.usage.output),
    })
  },
  stream,
  error: errorBody,
}

/** Anthropic's token counting, https://docs.anthropic.com/en/api/messages-count-tokens. It costs nothing. */
export const anthropicCountTokens: Dialect = {
  name: 'count-tokens',
  path: '/v1/messages/count_tokens',
  free: true,
  decode: (request) => ({ ...decodeAnthropic(request, false), stream: false, maxTokens: null }),
  whole: (_, answer) => JSON.stringify({ input_tokens: answer.usage.input }),
  error: errorBody,
}

const newId = (): string => `msg_sim_${newTraceId().slice(0, 24)}`
const messageOf = (ask: Ask, id: string) => ({ id, type: 'message', role: 'assistant', model: ask.model })

const STOP = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use' } as const
const endOf = ({ finish, stoppedBy }: Answer) => ({
  stop_reason: stoppedBy === null ? STOP[finish] : 'stop_sequence',
  stop_sequence: stoppedBy,
})

/** `input_tokens` leaves out what the cache read. */
function usageOf({ usage: { input, cached, own } }: Answer, output: number): Body {
  if (own === null) return {}
  return {
    usage: {
      input_tokens: Math.max(0, input - cached),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: cached,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: output,
      service_tier: 'standard',
      ...own,
    },
  }
}

/** A block as it stands at the end. */
function blockOf(answer: Answer, { piece }: Placed, id: string): Body {
  if ('reasoning' in piece) return { type: 'thinking', thinking: answer.reasoning, signature: answer.signature ?? '' }
  if ('text' in piece) return { type: 'text', text: answer.text, citations: null }
  const call = answer.calls[piece.call]
  return { type: 'tool_use', id: callId(id, piece.call), name: call?.name, input: argumentsOf(call?.arguments ?? '') }
}

const callId = (id: string, index: number): string => `toolu_sim_${id.slice(-16)}_${index}`

function stream(ask: Ask, answer: Answer): Frames {
  const id = newId()
  const message = { ...messageOf(ask, id), content: [], stop_reason: null, stop_sequence: null, ...usageOf(answer, 1) }
  return {
    head: say('message_start', { message }) + say('ping', {}),
    chunks: placed(answer.pieces).map((place) => chunkOf(answer, place, id)),
    tail: say('message_delta', { delta: endOf(answer), ...usageOf(answer, answer.usage.output) }) + say('message_stop', {}),
    error: (refusal) => `event: error\ndata: ${errorBody(refusal)}\n\n`,
  }
}

const say = (type: string, more: Body): string => event(type, { type, ...more })

function chunkOf(answer: Answer, { piece, block: index, opens, closes }: Placed, id: string): string {
  const delta = (value: Body): string => say('content_block_delta', { index, delta: value })
  let text = ''
  if (opens) text += say('content_block_start', { index, content_block: openOf(piece, id) })
  if ('reasoning' in piece) {
    if (piece.reasoning !== '') text += delta({ type: 'thinking_delta', thinking: piece.reasoning })
    if (closes && answer.signature !== null) text += delta({ type: 'signature_delta', signature: answer.signature })
  } else if ('text' in piece) text += delta({ type: 'text_delta', text: piece.text })
  else text += delta({ type: 'input_json_delta', partial_json: piece.fragment })
  return closes ? text + say('content_block_stop', { index }) : text
}

function openOf(piece: Placed['piece'], id: string): Body {
  if ('reasoning' in piece) return { type: 'thinking', thinking: '', signature: '' }
  return 'text' in piece ? { type: 'text', text: '' } : { type: 'tool_use', id: callId(id, piece.call), name: piece.name, input: {} }
}

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

function errorBody({ status, message }: Told): string {
  const type = TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: `req_sim_${newTraceId().slice(0, 24)}` })
}
