/** Any JSON value, as payloads hold it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type Fields = { [key: string]: Json }

export type Part =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'refusal'; text: string }
  | { type: 'tool-call'; id: string | null; name: string; arguments: Json }
  | { type: 'tool-result'; id: string | null; name: string | null; content: Json; failed: boolean }
  /** `source` is a `data:` URL that may be shown, or null where the image would have to be loaded from elsewhere. */
  | { type: 'image'; source: string | null; address: string }
  | { type: 'other'; value: Json }

export type Message = { role: string; name: string | null; parts: Part[]; note: string | null }
export type Conversation = { messages: Message[]; tools: Json[] }

/**
 * What a call read or wrote, as messages: OpenAI chat (`messages`, `choices`) and Responses (`input`, `output`),
 * Anthropic content blocks, Gemini (`contents`, `candidates`), Cohere (`message`), OpenTelemetry GenAI (`[{ role, parts }]`), or plain text. `null` where it is none of them.
 */
export function readConversation(payload: Json | undefined, fallbackRole: 'user' | 'assistant'): Conversation | null {
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
export function isMessageList(payload: Json): boolean {
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
  ({ input }, role) => (Array.isArray(input) ? readList(input, role) : typeof input === 'string' ? [text(role, input)] : null),
  ({ output }, role) => (Array.isArray(output) ? readList(output, role) : null),
  ({ prompt }, role) => (typeof prompt === 'string' ? [text(role, prompt)] : null),
  (payload, role) => (isMessage(payload) ? [readMessage(payload, role)] : null),
]

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
  if (role === 'tool' && (typeof item.tool_call_id === 'string' || typeof item.content === 'string') && !item.parts) {
    parts.push({
      type: 'tool-result',
      id: asText(item.tool_call_id),
      name: asText(item.name),
      content: parseJson(typeof item.content === 'string' ? item.content : (item.content ?? null)),
      failed: false,
    })
  } else parts.push(...content)
  if (typeof item.refusal === 'string' && item.refusal) parts.push({ type: 'refusal', text: item.refusal })
  if (Array.isArray(item.tool_calls)) parts.push(...item.tool_calls.filter(isFields).map(readToolCall))
  if (isFields(item.function_call)) parts.push(readToolCall({ function: item.function_call }))
  const note = typeof item.finish_reason === 'string' ? item.finish_reason : null
  return { role, name: role === 'tool' ? null : asText(item.name), parts, note }
}

function readToolCall(call: Fields): Part {
  const inner = isFields(call.function) ? call.function : isFields(call.custom) ? call.custom : call
  return {
    type: 'tool-call',
    id: asText(call.id),
    name: asText(inner.name) ?? 'unnamed',
    arguments: parseJson(inner.arguments ?? inner.input ?? null),
  }
}

function readContent(content: Json | undefined): Part[] {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return isFields(content) ? [readBlock(content)] : [{ type: 'other', value: content }]
  return content.map((block) =>
    typeof block === 'string' ? { type: 'text', text: block } : isFields(block) ? readBlock(block) : { type: 'other', value: block },
  )
}

function readBlock(block: Fields): Part {
  if (block.type === undefined) return readGeminiPart(block) ?? { type: 'other', value: block }
  return BLOCKS[String(block.type ?? '')]?.(block) ?? { type: 'other', value: block }
}

/** Parts of Gemini have no type: what they are is told by the one field that they have. */
function readGeminiPart(part: Fields): Part | undefined {
  const { text, thought, functionCall, functionResponse, inlineData } = part
  if (typeof text === 'string') return { type: thought === true ? 'reasoning' : 'text', text }
  if (isFields(functionCall))
    return {
      type: 'tool-call',
      id: asText(functionCall.id),
      name: asText(functionCall.name) ?? 'unnamed',
      arguments: functionCall.args ?? null,
    }
  if (isFields(functionResponse)) {
    const { id, name, response } = functionResponse
    return { type: 'tool-result', id: asText(id), name: asText(name), content: response ?? null, failed: false }
  }
  const mime = isFields(inlineData) ? asText(inlineData.mimeType) : null
  return isFields(inlineData) && mime?.startsWith('image/') ? imageBlock({ data: inlineData.data ?? null, mime_type: mime }) : undefined
}

const textBlock = (block: Fields): Part | undefined => {
  const value = block.text ?? block.content
  return typeof value === 'string' ? { type: 'text', text: value } : undefined
}
const reasoningBlock = (block: Fields): Part | undefined => {
  const summary = Array.isArray(block.summary)
    ? block.summary.map((part) => (isFields(part) ? (asText(part.text) ?? '') : '')).join('\n\n')
    : null
  const value = block.thinking ?? block.reasoning ?? block.content ?? block.text ?? summary
  return typeof value === 'string' ? { type: 'reasoning', text: value } : undefined
}
const callBlock = (block: Fields): Part => ({
  type: 'tool-call',
  id: asText(block.call_id ?? block.id),
  name: asText(block.name) ?? 'unnamed',
  arguments: parseJson(block.arguments ?? block.input ?? null),
})
const resultBlock = (block: Fields): Part => ({
  type: 'tool-result',
  id: asText(block.call_id ?? block.tool_use_id ?? block.id),
  name: asText(block.name),
  content: parseJson(block.response ?? block.result ?? block.output ?? block.content ?? null),
  failed: block.is_error === true,
})
const imageBlock = (block: Fields): Part => {
  const source = isFields(block.source) ? block.source : null
  const url = isFields(block.image_url) ? block.image_url.url : (block.image_url ?? block.uri ?? source?.url)
  const data = asText(source?.data ?? block.data)
  const mime = asText(source?.media_type ?? block.mime_type) ?? 'image/png'
  const address = data ? `data:${mime};base64,${data}` : (asText(url) ?? '')
  return { type: 'image', source: /^data:image\/(png|jpe?g|gif|webp|avif);base64,/i.test(address) ? address : null, address }
}

const BLOCKS: Record<string, (block: Fields) => Part | undefined> = {
  text: textBlock,
  input_text: textBlock,
  output_text: textBlock,
  refusal: (block) => (typeof block.refusal === 'string' ? { type: 'refusal', text: block.refusal } : undefined),
  reasoning: reasoningBlock,
  thinking: reasoningBlock,
  tool_call: callBlock,
  tool_use: callBlock,
  function_call: callBlock,
  tool_call_response: resultBlock,
  tool_result: resultBlock,
  function_call_output: resultBlock,
  image: imageBlock,
  image_url: imageBlock,
  input_image: imageBlock,
  blob: (block) => (String(block.mime_type ?? block.modality).startsWith('image') ? imageBlock(block) : undefined),
  uri: (block) => (String(block.mime_type ?? block.modality).startsWith('image') ? imageBlock(block) : undefined),
}

const message = (role: string, parts: Part[]): Message => ({ role, name: null, parts, note: null })
const text = (role: string, value: string): Message => message(role, [{ type: 'text', text: value }])
const wrap = (messages: Message[] | null): Conversation | null => messages && { messages, tools: [] }
const isFields = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isMessage = (value: Fields): boolean =>
  typeof value.role === 'string' && ('content' in value || 'parts' in value || 'tool_calls' in value || 'refusal' in value)
const asText = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Arguments and results often travel as JSON in a string; what is no JSON stays a string. */
function parseJson(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as Json
  } catch {
    return value
  }
}
