import { type Fields, isFields, type Json } from './message-parts.ts'

/** How LangChain calls who speaks. */
const ROLES: Record<string, string> = {
  human: 'user',
  HumanMessage: 'user',
  HumanMessageChunk: 'user',
  ai: 'assistant',
  AIMessage: 'assistant',
  AIMessageChunk: 'assistant',
  system: 'system',
  SystemMessage: 'system',
  tool: 'tool',
  ToolMessage: 'tool',
  function: 'tool',
  FunctionMessage: 'tool',
}

/**
 * What LangChain and LangSmith write, as messages with roles: messages as constructors (`{ lc, id, kwargs }`), as dumps
 * (`{ type: 'human', content }` or `{ type, data }`), lists of lists of them, and `generations`. Anything else stays as it is.
 */
export function unwrapLangChain(payload: Json | undefined): Json | undefined {
  if (Array.isArray(payload)) return payload.some(isTheirs) ? payload.map(toMessage) : payload
  if (!isFields(payload)) return payload
  if (isTheirs(payload)) return { messages: [toMessage(payload)] }
  if (Array.isArray(payload.generations)) return { messages: payload.generations.flat().map(toGenerated) }
  const { messages } = payload
  if (!Array.isArray(messages)) return payload
  const flat = messages.some(Array.isArray) ? messages.flat() : messages
  return flat.some(isTheirs) ? { ...payload, messages: flat.map(toMessage) } : payload
}

const classOf = (message: Fields): string =>
  message.lc !== undefined && Array.isArray(message.id) ? String(message.id.at(-1)) : String(message.type ?? '')

const isTheirs = (message: Json): boolean =>
  isFields(message) &&
  message.role === undefined &&
  Object.hasOwn(ROLES, classOf(message)) &&
  isFields(fieldsOf(message)) &&
  'content' in fieldsOf(message)

const fieldsOf = (message: Fields): Fields => (isFields(message.kwargs) ? message.kwargs : isFields(message.data) ? message.data : message)

function toMessage(message: Json): Json {
  if (!isFields(message) || !isTheirs(message)) return message
  const { content, tool_calls, additional_kwargs, response_metadata, tool_call_id, name, status } = fieldsOf(message)
  const calls =
    Array.isArray(tool_calls) && tool_calls.length > 0 ? tool_calls : isFields(additional_kwargs) ? additional_kwargs.tool_calls : undefined
  const role = ROLES[classOf(message)] ?? 'user'
  return {
    role,
    content: content ?? null,
    // LangChain says the arguments of a call as `args`.
    ...(Array.isArray(calls) && {
      tool_calls: calls.map((call) => (isFields(call) && 'args' in call ? { ...call, arguments: call.args ?? null } : call)),
    }),
    ...(typeof tool_call_id === 'string' && { tool_call_id }),
    ...(typeof name === 'string' && { name }),
    ...(status === 'error' && { status }),
    ...(isFields(response_metadata) &&
      typeof response_metadata.finish_reason === 'string' && { finish_reason: response_metadata.finish_reason }),
  }
}

function toGenerated(generation: Json): Json {
  if (!isFields(generation)) return { role: 'assistant', content: generation }
  if (generation.message !== undefined && isTheirs(generation.message)) return toMessage(generation.message)
  return { role: 'assistant', content: generation.text ?? null }
}
