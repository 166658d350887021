import { newTraceId } from '../../lib/ids.ts'
import type { Answer, Piece } from './answer.ts'
import type { Ask, Body } from './ask.ts'
import type { Dialect, Frames } from './dialect.ts'
import { logprobsOf } from './logprobs.ts'
import { decodeOpenaiChat } from './openai-chat-request.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { now } from './values.ts'

/** OpenAI chat completions, https://platform.openai.com/docs/api-reference/chat. Reasoning stands in `reasoning_content`, as compatible servers have it. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  path: '/v1/chat/completions',
  decode: decodeOpenaiChat,
  whole,
  stream,
  error: openaiErrorBody,
}

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls' } as const

function whole(ask: Ask, answer: Answer): string {
  const id = newId()
  const message = {
    role: 'assistant',
    content: answer.text === '' && answer.calls.length > 0 ? null : answer.text,
    ...(answer.reasoning !== null && { reasoning_content: answer.reasoning }),
    refusal: null,
    annotations: [],
    ...(answer.calls.length > 0 && {
      tool_calls: answer.calls.map((call, index) => ({ id: callId(id, index), type: 'function', function: call })),
    }),
  }
  const finish_reason = FINISH[answer.finish]
  const logprobs =
    ask.logprobs === null ? null : { content: answer.pieces.flatMap((piece) => tokensIn(piece, ask.logprobs ?? 0)), refusal: null }
  const usage = openaiUsage(answer)
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created: now(),
    model: ask.model,
    choices: Array.from({ length: ask.choices }, (_, index) => ({ index, message, logprobs, finish_reason })),
    ...(usage && { usage }),
    service_tier: 'default',
    system_fingerprint: 'simulator',
  })
}

function stream(ask: Ask, answer: Answer): Frames {
  const id = newId()
  const before = `data: {"id":"${id}","object":"chat.completion.chunk","created":${now()},"model":${JSON.stringify(ask.model)},"service_tier":"default","system_fingerprint":"simulator","choices":[`
  const after = ask.includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  const frames = (delta: string, logprobs: string, finish: string): string => {
    let text = ''
    for (let index = 0; index < ask.choices; index++) {
      text += `${before}{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}${after}`
    }
    return text
  }
  const logprobs = (piece: Piece): string =>
    ask.logprobs === null || !('text' in piece) ? 'null' : JSON.stringify({ content: tokensIn(piece, ask.logprobs), refusal: null })
  const usage = openaiUsage(answer)
  const last = ask.includeUsage && usage ? `${before}],"usage":${JSON.stringify(usage)}}\n\n` : ''
  return {
    head: frames('{"role":"assistant","content":"","refusal":null}', 'null', 'null'),
    chunks: answer.pieces.map((piece) => frames(deltaOf(piece, id), logprobs(piece), 'null')),
    tail: `${frames('{}', 'null', `"${FINISH[answer.finish]}"`)}${last}data: [DONE]\n\n`,
    error: (refusal) => `data: ${openaiErrorBody(refusal)}\n\n`,
  }
}

function deltaOf(piece: Piece, id: string): string {
  if ('text' in piece) return `{"content":${JSON.stringify(piece.text)}}`
  if ('reasoning' in piece) return `{"reasoning_content":${JSON.stringify(piece.reasoning)}}`
  const call =
    piece.name === null
      ? { index: piece.call, function: { arguments: piece.fragment } }
      : { index: piece.call, id: callId(id, piece.call), type: 'function', function: { name: piece.name, arguments: piece.fragment } }
  return JSON.stringify({ tool_calls: [call] })
}

const tokensIn = (piece: Piece, top: number) => ('text' in piece ? logprobsOf(piece.text, top) : [])

/** Usage as chat and legacy completions write it; null: none. */
export function openaiUsage({ usage: { input, output, cached, reasoning, own } }: Answer): Body | null {
  if (own === null) return null
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
  return {
    ...usage,
    ...own,
    prompt_tokens_details: { ...usage.prompt_tokens_details, ...(own.prompt_tokens_details as object | undefined) },
    completion_tokens_details: { ...usage.completion_tokens_details, ...(own.completion_tokens_details as object | undefined) },
  }
}

const newId = (): string => `chatcmpl-sim-${newTraceId().slice(0, 24)}`
const callId = (id: string, index: number): string => `call_${id.slice(-12)}_${index}`
