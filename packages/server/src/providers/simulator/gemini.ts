import { newTraceId } from '../../lib/ids.ts'
import type { Answer, Piece } from './answer.ts'
import type { Ask, Body } from './ask.ts'
import type { Dialect, Frames, Told } from './dialect.ts'
import { decodeGemini, type GeminiAsk } from './gemini-request.ts'
import { argumentsOf } from './values.ts'

/** Gemini, https://ai.google.dev/api/generate-content, and Vertex, whose path only has more in front. */
export const gemini: Dialect = {
  name: 'gemini',
  path: /^\/v1(?:beta1?)?\/(?:projects\/.+\/)?models\/([^:]+):(generateContent|streamGenerateContent)$/,
  decode: decodeGemini,
  wholeCalls: true,
  whole: (ask, answer) =>
    JSON.stringify({
      candidates: candidates(ask, {
        parts: answer.pieces.length > 0 ? wholeParts(answer) : [{ text: '' }],
        finishReason: FINISH[answer.finish],
      }),
      ...usageOf(answer),
      ...signed(ask),
    }),
  stream: (ask, answer) => stream(ask, answer, (ask as GeminiAsk).framing),
  error: errorBody,
}

/** Gemini's token counting. It costs nothing. */
export const geminiCountTokens: Dialect = {
  name: 'count-tokens',
  path: /^\/v1(?:beta1?)?\/(?:projects\/.+\/)?models\/([^:]+):countTokens$/,
  free: true,
  decode: decodeGemini,
  whole: (_, { usage: { input } }) =>
    JSON.stringify({ totalTokens: input, promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }] }),
  error: errorBody,
}

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP' } as const
const signed = (ask: Ask, id = newTraceId()) => ({ modelVersion: ask.model, responseId: `sim-${id.slice(0, 20)}` })
const candidates = (ask: Ask, { parts, finishReason }: { parts: Body[]; finishReason?: string }) =>
  Array.from({ length: ask.choices }, (_, index) => ({ content: { parts, role: 'model' }, ...(finishReason && { finishReason }), index }))

/** Thoughts stand beside the candidates' tokens. */
function usageOf({ usage: { input, output, cached, reasoning, own } }: Answer): Body {
  if (own === null) return {}
  return {
    usageMetadata: {
      promptTokenCount: input,
      candidatesTokenCount: Math.max(0, output - reasoning),
      totalTokenCount: input + output,
      ...(cached > 0 && { cachedContentTokenCount: cached }),
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
      ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
      ...own,
    },
  }
}

/** Thoughts, text and calls. The signature stands on the first call, else on the text, as at Gemini. */
function wholeParts(answer: Answer): Body[] {
  const calls = answer.pieces.filter((piece) => 'call' in piece)
  const signature = answer.signature === null ? {} : { thoughtSignature: answer.signature }
  return [
    ...(answer.reasoning ? [{ text: answer.reasoning, thought: true }] : []),
    ...(answer.text !== '' || calls.length === 0 ? [{ text: answer.text, ...(calls.length === 0 && signature) }] : []),
    ...calls.map((piece) => callPart(piece, answer)),
  ]
}

const callPart = (piece: Extract<Piece, { call: number }>, { signature }: Answer): Body => ({
  functionCall: { name: piece.name, args: argumentsOf(piece.fragment) },
  ...(piece.call === 0 && signature !== null && { thoughtSignature: signature }),
})

function partOf(piece: Piece, answer: Answer): Body {
  if ('text' in piece) return { text: piece.text }
  return 'reasoning' in piece ? { text: piece.reasoning, thought: true } : callPart(piece, answer)
}

function stream(ask: Ask, answer: Answer, framing: GeminiAsk['framing']): Frames {
  const id = newTraceId()
  const { input, own } = answer.usage
  const soFar = own === null ? {} : { usageMetadata: { promptTokenCount: input, totalTokenCount: input } }
  const chunk = (piece: Piece): Body => ({ candidates: candidates(ask, { parts: [partOf(piece, answer)] }), ...soFar, ...signed(ask, id) })
  const signature = answer.signature !== null && answer.calls.length === 0 && { thoughtSignature: answer.signature }
  const parts = [{ text: '', ...signature }]
  const last = { candidates: candidates(ask, { parts, finishReason: FINISH[answer.finish] }), ...usageOf(answer), ...signed(ask, id) }
  if (framing === 'events') {
    return {
      head: '',
      chunks: answer.pieces.map((piece) => data(JSON.stringify(chunk(piece)))),
      tail: data(JSON.stringify(last)),
      error: (refusal) => data(errorBody(refusal)),
    }
  }
  const element = (text: string, index: number): string => `${index > 0 ? '\n,\r\n' : ''}${text}`
  return {
    type: 'application/json; charset=UTF-8',
    head: '[',
    chunks: answer.pieces.map((piece, index) => element(JSON.stringify(chunk(piece)), index)),
    tail: `${element(JSON.stringify(last), answer.pieces.length)}\n]`,
    error: (refusal, sent) => `${element(errorBody(refusal), sent)}\n]`,
    garbage: ',{"candidates":[{"content":{"parts":[{"te<html>',
  }
}

const data = (text: string): string => `data: ${text}\r\n\r\n`

const STATUS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

function errorBody({ status, message }: Told): string {
  return JSON.stringify({ error: { code: status, message, status: STATUS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT') } })
}
