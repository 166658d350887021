import { newTraceId } from '../../lib/ids.ts'
import type { Answer } from './answer.ts'
import { type Ask, askOf, type Body, Refusal } from './ask.ts'
import { type Placed, placed } from './blocks.ts'
import { type Dialect, event, type Frames, type Incoming } from './dialect.ts'
import { hear, type Said } from './hear.ts'
import { bodyWithModel, isObject, listIn, messagesIn, objectIn, textIn, textsIn, wholeNumber } from './values.ts'

/** Cohere chat, https://docs.cohere.com/reference/chat. Text beside calls of tools is the plan of the tools, as there. */
export const cohere: Dialect = {
  name: 'cohere',
  path: '/v2/chat',
  decode,
  whole: (_, answer) => {
    const id = newTraceId()
    return JSON.stringify({ id: `sim-${id}`, message: messageOf(answer, id), finish_reason: finishOf(answer), ...usageOf(answer) })
  },
  stream: (_, answer) => stream(answer),
  error: ({ message }) => JSON.stringify({ id: `sim-${newTraceId()}`, message }),
}

function decode(request: Incoming): Ask {
  const body = bodyWithModel(request.json())
  const format = objectIn(body.response_format)
  const schema = format.json_schema ?? format.schema
  return askOf({
    body,
    model: body.model,
    ...hear(messagesIn(body.messages, 'messages').map(saidIn)),
    stream: body.stream === true,
    json: format.type === 'json_object' ? (isObject(schema) ? schema : true) : null,
    tools: listIn(body.tools).flatMap((tool) => toolOf(objectIn(objectIn(tool).function))),
    toolChoice: body.tool_choice === 'REQUIRED' ? 'required' : body.tool_choice === 'NONE' ? 'none' : 'auto',
    maxTokens: wholeNumber(body.max_tokens, 'max_tokens', { least: 1 }) ?? null,
    stop: textsIn(body.stop_sequences),
  })
}

const BY: Record<string, Said['by']> = { user: 'user', tool: 'tool', system: 'other', assistant: 'other' }

function saidIn({ role, content, tool_plan }: Body, index: number): Said {
  const by = BY[String(role)]
  if (!by) throw new Refusal(400, `invalid request: messages[${index}].role must be one of user, assistant, system, tool`)
  const parts = typeof content === 'string' ? [{ type: 'text', text: content } as Body] : listIn(content).map(objectIn)
  const text = parts.map((part) => (part.type === 'document' ? documentText(part.document) : textIn(part.text))).join('')
  const images = parts.filter((part) => part.type === 'image_url').length
  return { by, text: `${textIn(tool_plan)}${text}`, images, media: images }
}

/** Results of tools come as documents, whose `data` is text or fields. */
function documentText(document: unknown): string {
  const { data } = objectIn(document)
  return typeof data === 'string' ? data : JSON.stringify(data ?? {})
}

const toolOf = ({ name, parameters }: Body): Ask['tools'] =>
  typeof name === 'string' ? [{ name, parameters: isObject(parameters) ? parameters : { type: 'object' } }] : []

const FINISH = { stop: 'COMPLETE', length: 'MAX_TOKENS', tools: 'TOOL_CALL' } as const
const finishOf = ({ finish, stoppedBy }: Answer): string => (stoppedBy === null ? FINISH[finish] : 'STOP_SEQUENCE')

function usageOf({ usage: { input, output, cached, own } }: Answer): Body {
  if (own === null) return {}
  const units = { input_tokens: input, output_tokens: output }
  return { usage: { billed_units: units, tokens: units, ...(cached > 0 && { cached_tokens: cached }), ...own } }
}

const hasCalls = (answer: Answer): boolean => answer.calls.length > 0
const callId = (name: string | null | undefined, id: string, index: number): string => `${name}_sim_${id.slice(-8)}_${index}`

function messageOf(answer: Answer, id: string): Body {
  const { reasoning, text, calls } = answer
  const content = [
    ...(reasoning ? [{ type: 'thinking', thinking: reasoning }] : []),
    ...(text === '' || hasCalls(answer) ? [] : [{ type: 'text', text }]),
  ]
  return {
    role: 'assistant',
    ...(hasCalls(answer) && {
      tool_plan: text,
      tool_calls: calls.map((call, index) => ({ id: callId(call.name, id, index), type: 'function', function: call })),
    }),
    ...((content.length > 0 || !hasCalls(answer)) && { content }),
  }
}

function stream(answer: Answer): Frames {
  const id = newTraceId()
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  return {
    head: event('message-start', { id: `sim-${id}`, type: 'message-start', delta: { message } }),
    chunks: placed(answer.pieces).map((place) => chunkOf(answer, place, id)),
    tail: end({ finish_reason: finishOf(answer), ...usageOf(answer) }),
    error: ({ message: error }) => end({ error, finish_reason: 'ERROR' }),
  }
}

const end = (delta: Body): string => event('message-end', { type: 'message-end', delta })

function chunkOf(answer: Answer, { piece, block, opens, closes }: Placed, id: string): string {
  const say = (type: string, index: number, message?: Body) => event(type, { type, index, ...(message && { delta: { message } }) })
  if ('call' in piece) {
    const { call, name, fragment } = piece
    const started = { id: callId(name, id, call), type: 'function', function: { name, arguments: '' } }
    if (opens) return say('tool-call-start', call, { tool_calls: started }) + (closes ? say('tool-call-end', call) : '')
    const delta = say('tool-call-delta', call, { tool_calls: { function: { arguments: fragment } } })
    return delta + (closes ? say('tool-call-end', call) : '')
  }
  if ('text' in piece && hasCalls(answer))
    return event('tool-plan-delta', { type: 'tool-plan-delta', delta: { message: { tool_plan: piece.text } } })
  // A signature without thoughts has no place here.
  if ('reasoning' in piece && answer.reasoning === '') return ''
  const index = block - (answer.reasoning === '' ? 1 : 0)
  const name = 'text' in piece ? 'text' : 'thinking'
  const words = 'text' in piece ? piece.text : piece.reasoning
  let text = opens ? say('content-start', index, { content: { type: name, [name]: '' } }) : ''
  if (words !== '') text += say('content-delta', index, { content: { [name]: words } })
  if (closes) text += say('content-end', index)
  return text
}
