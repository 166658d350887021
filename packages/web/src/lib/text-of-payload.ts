import { isMessageList, type Json, type Part, readConversation } from '@signalbox/sdk/conversation'

/** What a step read or wrote as one text: a conversation as it would be read aloud, else the JSON with its fields in order. */
export function textOfPayload(payload: Json, { role, always }: { role: 'user' | 'assistant'; always: boolean }): string {
  if (payload === null || payload === '') return ''
  const conversation = always || isMessageList(payload) ? readConversation(payload, role) : null
  if (conversation && conversation.messages.length > 0)
    return conversation.messages.map(({ role: who, parts }) => `${who}:\n${parts.map(textOfPart).join('\n')}`).join('\n\n')
  return typeof payload === 'string' ? payload : JSON.stringify(sorted(payload), null, 2)
}

function textOfPart(part: Part): string {
  if ('text' in part) return part.text
  if (part.type === 'tool-call') return `${part.name}(${asText(part.arguments)})`
  if (part.type === 'tool-result') return `${part.name ?? 'tool'} → ${asText(part.content)}`
  if (part.type === 'image') return `[image ${part.address.slice(0, 80)}]`
  if (part.type === 'file') return part.said ?? `[${part.mime ?? 'file'} ${part.name ?? part.address.slice(0, 80)}]`
  return JSON.stringify(sorted(part.value), null, 2)
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(sorted(value), null, 2))

/** Fields in the order of their names: an order of keys is no difference. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

/** What is said and shown to a model rather than set; all else of a request is a parameter. */
const CONTENT = new Set([
  'messages',
  'input',
  'contents',
  'prompt',
  'system',
  'instructions',
  'systemInstruction',
  'system_instruction',
  'tools',
])

/** How a call was made, as flat settings: `temperature`, `response_format.type`. Tools by their names. */
export function parametersOf(payload: Json): Map<string, string> {
  const found = new Map<string, string>()
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return found
  for (const [name, value] of Object.entries(payload)) if (!CONTENT.has(name)) flatten(name, value, found)
  const { tools } = payload
  if (Array.isArray(tools)) found.set('tools', tools.map(toolName).join(', '))
  return found
}

function flatten(name: string, value: Json, found: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && found.size < 200)
    for (const [key, inner] of Object.entries(value)) flatten(`${name}.${key}`, inner, found)
  else found.set(name, typeof value === 'string' ? value : JSON.stringify(value))
}

/** What a tool is called, in any of the dialects. */
export function toolName(tool: Json): string {
  if (typeof tool !== 'object' || tool === null || Array.isArray(tool)) return 'tool'
  const inner = typeof tool.function === 'object' && tool.function !== null && !Array.isArray(tool.function) ? tool.function : tool
  return typeof inner.name === 'string' ? inner.name : typeof inner.type === 'string' ? inner.type : 'tool'
}
