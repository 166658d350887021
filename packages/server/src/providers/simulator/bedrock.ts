import { newTraceId } from '../../lib/ids.ts'
import type { Answer } from './answer.ts'
import type { Body } from './ask.ts'
import { decodeBedrock } from './bedrock-request.ts'
import { type Placed, placed } from './blocks.ts'
import type { Dialect, Frames, Told } from './dialect.ts'
import { eventStreamMessage } from './event-stream.ts'
import { argumentsOf } from './values.ts'

/** Bedrock Converse, https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. Signatures of requests are not checked. */
export const bedrock: Dialect = {
  name: 'bedrock',
  path: /^\/model\/([^/]+)\/(converse|converse-stream)$/,
  decode: decodeBedrock,
  whole: (_, answer) => {
    const id = newTraceId()
    const content = placed(answer.pieces).filter((place) => place.opens)
    return JSON.stringify({
      metrics: METRICS,
      output: { message: { role: 'assistant', content: content.map((place) => blockOf(answer, place, id)) } },
      stopReason: stopOf(answer),
      ...usageOf(answer),
    })
  },
  stream: (_, answer) => stream(answer),
  error: ({ message }) => JSON.stringify({ message }),
  errorHeaders: (refusal) => ({ 'x-amzn-errortype': exceptionOf(refusal) }),
}

const METRICS = { latencyMs: 1 }
const STOP = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use' } as const
const stopOf = ({ finish, stoppedBy }: Answer): string => (stoppedBy === null ? STOP[finish] : 'stop_sequence')

/** `inputTokens` leaves out what the cache read; the total has it. */
function usageOf({ usage: { input, output, cached, own } }: Answer): Body {
  if (own === null) return {}
  return {
    usage: {
      inputTokens: Math.max(0, input - cached),
      outputTokens: output,
      totalTokens: input + output,
      ...(cached > 0 && { cacheReadInputTokens: cached, cacheWriteInputTokens: 0 }),
      ...own,
    },
  }
}

/** A block as it stands at the end. */
function blockOf(answer: Answer, { piece }: Placed, id: string): Body {
  if ('text' in piece) return { text: answer.text }
  if ('reasoning' in piece) {
    const { reasoning: text, signature } = answer
    return { reasoningContent: { reasoningText: { text, ...(signature !== null && { signature }) } } }
  }
  const call = answer.calls[piece.call]
  return { toolUse: { toolUseId: callId(id, piece.call), name: call?.name, input: argumentsOf(call?.arguments ?? '') } }
}

const callId = (id: string, index: number): string => `tooluse_sim_${id.slice(-12)}_${index}`

function stream(answer: Answer): Frames {
  const id = newTraceId()
  return {
    type: 'application/vnd.amazon.eventstream',
    head: say('messageStart', { role: 'assistant' }),
    chunks: placed(answer.pieces).map((place) => chunkOf(answer, place, id)),
    tail: Buffer.concat([say('messageStop', { stopReason: stopOf(answer) }), say('metadata', { ...usageOf(answer), metrics: METRICS })]),
    error: (refusal) => {
      const name = exceptionOf(refusal)
      const headers = {
        ':exception-type': name[0]?.toLowerCase() + name.slice(1),
        ':content-type': JSON_TYPE,
        ':message-type': 'exception',
      }
      return eventStreamMessage(headers, JSON.stringify({ message: refusal.message }))
    },
    garbage: wrongChecksum(),
  }
}

const JSON_TYPE = 'application/json'
const say = (type: string, data: Body): Buffer =>
  eventStreamMessage({ ':event-type': type, ':content-type': JSON_TYPE, ':message-type': 'event' }, JSON.stringify(data))

/** Only calls of tools have a start. */
function chunkOf(answer: Answer, { piece, block: contentBlockIndex, opens, closes }: Placed, id: string): Buffer {
  const frames: Buffer[] = []
  const delta = (value: Body) => frames.push(say('contentBlockDelta', { contentBlockIndex, delta: value }))
  if ('text' in piece) delta({ text: piece.text })
  else if ('reasoning' in piece) {
    if (piece.reasoning !== '') delta({ reasoningContent: { text: piece.reasoning } })
    if (closes && answer.signature !== null) delta({ reasoningContent: { signature: answer.signature } })
  } else {
    const start = { toolUse: { toolUseId: callId(id, piece.call), name: piece.name } }
    if (opens) frames.push(say('contentBlockStart', { contentBlockIndex, start }))
    else delta({ toolUse: { input: piece.fragment } })
  }
  if (closes) frames.push(say('contentBlockStop', { contentBlockIndex }))
  return Buffer.concat(frames)
}

function wrongChecksum(): Buffer {
  const message = say('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'garbage' } })
  message.writeUInt8((message.at(-1) ?? 0) ^ 255, message.length - 1)
  return message
}

const EXCEPTIONS: Record<number, string> = {
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
}
const exceptionOf = ({ status }: Told): string => EXCEPTIONS[status] ?? (status >= 500 ? 'InternalServerException' : 'ValidationException')
