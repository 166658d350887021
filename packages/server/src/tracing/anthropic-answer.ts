import { isJson, type Json, listOf, sseValues } from './sse-values.ts'

/** A Messages stream folded into the message that it tells. */
export function foldAnthropic(sse: string): Json | undefined {
  let message: Json | undefined
  const blocks = new Map<unknown, Json>()
  for (const event of sseValues(sse)) {
    if (event.type === 'message_start' && isJson(event.message)) message = { ...event.message }
    else if (event.type === 'content_block_start' && isJson(event.content_block)) blocks.set(event.index, { ...event.content_block })
    else if (event.type === 'content_block_delta' && isJson(event.delta)) extend(blocks.get(event.index), event.delta)
    else if (event.type === 'message_delta') {
      const usage = isJson(event.usage) ? { ...(isJson(message?.usage) ? message.usage : {}), ...event.usage } : message?.usage
      message = { ...message, ...(isJson(event.delta) ? event.delta : {}), ...(usage !== undefined && { usage }) }
    } else if (event.type === 'error' && !message) message = event
  }
  if (!message) return undefined
  return blocks.size === 0 ? message : { ...message, content: [...blocks.values()].map(withInput) }
}

/** Where the pieces of a tool's input are gathered: no field of Anthropic's is called so. */
const PARTIAL = '\u0000json'
/** Deltas and the field of their block that they add to. */
const FIELDS: Record<string, readonly [from: string, to: string]> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  signature_delta: ['signature', 'signature'],
  input_json_delta: ['partial_json', PARTIAL],
}

function extend(block: Json | undefined, delta: Json): void {
  if (!block) return
  if (delta.type === 'citations_delta') {
    block.citations = [...listOf(block.citations), delta.citation]
    return
  }
  const field = FIELDS[String(delta.type)]
  if (!field) return
  const [from, to] = field
  block[to] = String(block[to] ?? '') + String(delta[from] ?? '')
}

/** The input of a tool came as pieces of JSON text. */
function withInput(block: Json): Json {
  const { [PARTIAL]: text, ...rest } = block
  if (typeof text !== 'string' || text === '') return rest
  try {
    return { ...rest, input: JSON.parse(text) }
  } catch {
    return { ...rest, input: text }
  }
}

/** What a message says: its text, or the tools that it calls. */
export function anthropicText(message: unknown): string {
  const blocks = listOf((message as Json | undefined)?.content).filter(isJson)
  const text = blocks.map((block) => (block.type === 'text' && typeof block.text === 'string' ? block.text : '')).join('')
  const calls = blocks.flatMap((block) => (block.type === 'tool_use' ? [`${String(block.name ?? 'tool')}()`] : []))
  return text || calls.join(', ')
}
