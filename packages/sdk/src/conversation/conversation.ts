import { unwrapLangChain } from './langchain-messages.ts'
import { asText, type Fields, isFields, type Json, type Part, parseJson, readBlock, readContent, readToolCall } from './message-parts.ts'

export type Message = { role: string; name: string | null; parts: Part[]; note: string | null }
export type Conversation = { messages: Message[]; tools: Json[] }

/**
 * What a call read or wrote, as messages: OpenAI chat (`messages`, `choices`) and Responses (`input`, `output`),
 * Anthropic content blocks, Gemini (`contents`, `candidates`), Cohere (`message`), OpenTelemetry GenAI (`[{ role, parts }]`),
 * LangChain (`messages`, `generations`), the AI SDK (`text`, `toolCalls`), or plain text. `null` where it is none of them.
 */
export function readConversation(given: Json | undefined, fallbackRole: 'user' | 'assistant'): Conversation | null {
  const payload = unwrapLangChain(given)
  if (payload === null || payload === undefined || payload === '') return null
  if (typeof payload === 'string') return { messages: [message(fallbackRole, [{ type: 'text', text: payload }])], tools: [] }
  if (Array.isArray(payload)) return wrap(readList(payload, fallbackRole))
  if (typeof payload !== 'object') return null
  const tools = Array.isArray(payload.tools) ? payload.tools : []
  const systemParts = isFields(payload.systemInstruction) ? payload.systemInstruction.parts : payload.systemInstruction
  const system = [payload.system, payload.instructions, systemParts].flatMap((text) => (text ? [message('system', readContent(text))] : []))
  for (const read of READERS) {
    const messages = read(payload, fallbackRole)
    if (messages) return { messages: [...system, ...messages], tools }
  }
  return null
}

/** Whether a payload says by itself that it is messages: a list of things with roles, or an object that holds one. */
export function isMessageList(given: Json): boolean {
  const payload = unwrapLangChain(given) ?? null
  const list = isFields(payload) ? payload.messages : payload
  return Array.isArray(list) && list.length > 0 && list.every((item) => isFields(item) && isMessage(item))
}

/** The length of a message in characters, to say how much is folded away. */
export function messageLength(message: Message): number {
  return message.parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : JSON.stringify(part).length), 0)
}

type Reader = (payload: Fields, role: 'user' | 'assistant') => Message[] | null
const READERS: Reader[] = [
  ({ messages }, role) => (Array.isArray(messages) ? readList(messages, role) : null),
  ({ choices }) => (Array.isArray(choices) ? choices.flatMap(readChoice) : null),
  ({ contents }, role) => (Array.isArray(contents) ? contents.filter(isFields).map((content) => readGemini(content, role)) : null),
  ({ candidates }) => (Array.isArray(candidates) ? candidates.filter(isFields).map(readCandidate) : null),
  (payload) => (isFields(payload.message) && isMessage(payload.message) ? readChoice(payload) : null),
  (payload) => readAiSdkAnswer(payload),
  ({ input }, role) => (Array.isArray(input) ? readList(input, role) : typeof input === 'string' ? [text(role, input)] : null),
  ({ output }, role) => (Array.isArray(output) ? readList(output, role) : null),
  ({ prompt }, role) => (typeof prompt === 'string' ? [text(role, prompt)] : null),
  (payload, role) => (isMessage(payload) ? [readMessage(payload, role)] : null),
]

/** What `generateText` and `streamText` answer: the text, calls of tools, and what it thought. */
function readAiSdkAnswer(payload: Fields): Message[] | null {
  const { text: said, toolCalls, reasoning, reasoningText, finishReason } = payload
  if (!Array.isArray(toolCalls) && !(typeof said === 'string' && ('finishReason' in payload || 'usage' in payload))) return null
  const parts: Part[] = []
  const thought = asText(reasoningText) ?? asText(reasoning)
  if (thought) parts.push({ type: 'reasoning', text: thought })
  if (typeof said === 'string' && said) parts.push({ type: 'text', text: said })
  if (Array.isArray(toolCalls)) parts.push(...toolCalls.filter(isFields).map((call) => readBlock({ type: 'tool-call', ...call })))
  return [{ ...message('assistant', parts), note: asText(finishReason) }]
}

const readGemini = (content: Fields, fallbackRole: string): Message => ({
  ...readMessage({ ...content, role: content.role === 'model' ? 'assistant' : (content.role ?? fallbackRole) }, fallbackRole),
})

function readCandidate(candidate: Fields): Message {
  const note = typeof candidate.finishReason === 'string' ? candidate.finishReason : null
  return { ...readGemini(isFields(candidate.content) ? candidate.content : { parts: [] }, 'assistant'), note }
}

function readList(items: Json[], role: string): Message[] | null {
  if (items.length === 0) return null
  if (items.every((item) => typeof item === 'string')) return items.map((item) => text(role, item))
  if (!items.every((item) => isFields(item) && (isMessage(item) || ITEMS.has(String(item.type))))) return null
  return items.map((item) => readMessage(item as Fields, role))
}

/** Items of the Responses API that carry no role. */
const ITEMS = new Set(['function_call', 'function_call_output', 'reasoning', 'message'])

function readChoice(choice: Json): Message[] {
  if (!isFields(choice)) return []
  const inner = isFields(choice.message) ? choice.message : isFields(choice.delta) ? choice.delta : null
  const note = typeof choice.finish_reason === 'string' ? choice.finish_reason : null
  if (inner) return [{ ...readMessage(inner, 'assistant'), note }]
  return typeof choice.text === 'string' ? [{ ...text('assistant', choice.text), note }] : []
}

/** The AI SDK says in the parts of a message of a tool which call each is the result of. */
const isToolResults = (parts: readonly Part[]): boolean => parts.length > 0 && parts.every(({ type }) => type === 'tool-result')

function readMessage(item: Fields, fallbackRole: string): Message {
  const type = String(item.type ?? '')
  if (ITEMS.has(type) && type !== 'message') {
    return message(type === 'function_call_output' ? 'tool' : 'assistant', [readBlock(item)])
  }
  const role = typeof item.role === 'string' ? item.role : fallbackRole
  const parts: Part[] = []
  for (const reasoning of [item.reasoning_content, item.reasoning, item.tool_plan]) {
    if (typeof reasoning === 'string' && reasoning) parts.push({ type: 'reasoning', text: reasoning })
  }
  const content = readContent(item.parts ?? item.content)
  if (
    role === 'tool' &&
    !isToolResults(content) &&
    (typeof item.tool_call_id === 'string' || typeof item.content === 'string') &&
    !item.parts
  ) {
    parts.push({
      type: 'tool-result',
      id: asText(item.tool_call_id),
      name: asText(item.name),
      content: parseJson(typeof item.content === 'string' ? item.content : (item.content ?? null)),
      failed: false,
    })
  } else parts.push(...content)
  if (typeof item.refusal === 'string' && item.refusal) parts.push({ type: 'refusal', text: item.refusal })
  if (isFields(item.audio)) parts.push(readBlock({ type: 'audio', ...item.audio }))
  if (Array.isArray(item.tool_calls)) parts.push(...item.tool_calls.filter(isFields).map(readToolCall))
  if (isFields(item.function_call)) parts.push(readToolCall({ function: item.function_call }))
  const note = typeof item.finish_reason === 'string' ? item.finish_reason : null
  return { role, name: role === 'tool' ? null : asText(item.name), parts, note }
}

const message = (role: string, parts: Part[]): Message => ({ role, name: null, parts, note: null })
const text = (role: string, value: string): Message => message(role, [{ type: 'text', text: value }])
const wrap = (messages: Message[] | null): Conversation | null => messages && { messages, tools: [] }
const isMessage = (value: Fields): boolean =>
  typeof value.role === 'string' && ('content' in value || 'parts' in value || 'tool_calls' in value || 'refusal' in value)
