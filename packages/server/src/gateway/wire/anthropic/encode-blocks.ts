import type {
  Block,
  CacheMark,
  Call,
  FileBlock,
  Native,
  ReasoningBlock,
  Source,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../language.ts'
import { partName } from '../part-names.ts'
import type { ToolIds } from './tool-ids.ts'
import { toolInput } from './tool-input.ts'

type Fields = Record<string, unknown>
export type Message = { role: Turn['role']; content: Fields[] }
type Context = { call: Call; ids: ToolIds; drop(name: string): void }

/**
 * What stands for a user where the conversation begins with the assistant or has only a system text: Anthropic wants a user
 * turn first, and no empty one.
 */
export const OPENING = '.'

/** The turns as messages: users and assistants in turn, tool results first in theirs, a user first, no empty text. */
export function encodeTurns(context: Context): Message[] {
  const messages: Message[] = []
  for (const turn of context.call.turns) {
    if (turn.name !== undefined) context.drop('name')
    const content = turn.blocks.map((block) => encodeBlock(block, context)).filter((block) => block !== undefined)
    if (content.length === 0) continue
    const last = messages.at(-1)
    if (last?.role === turn.role) last.content.push(...content)
    else messages.push({ role: turn.role, content })
  }
  for (const message of messages) if (message.role === 'user') message.content = resultsFirst(message.content)
  if (messages[0]?.role !== 'user') messages.unshift({ role: 'user', content: [{ type: 'text', text: OPENING }] })
  if (context.call.dialect !== 'anthropic') trimEnd(messages.at(-1))
  return messages
}

/** A text of `system`, a message or a tool result; `undefined` for an empty one, which Anthropic refuses. */
export function encodeText(block: TextBlock, drop: (name: string) => void): Fields | undefined {
  const { wrap, ...fields } = nativeOf(block)
  if (wrap !== undefined) return { ...wrapText(wrap, block.text), ...fields, ...cacheOf(block) }
  if (block.text === '') return undefined
  const citations = block.citations?.flatMap((citation) => (citation.native?.dialect === 'anthropic' ? [citation.native.value] : []))
  if (citations && citations.length < (block.citations?.length ?? 0)) drop('citations')
  return { ...fields, type: 'text', text: block.text, ...(citations && citations.length > 0 && { citations }), ...cacheOf(block) }
}

export const cacheOf = ({ cache }: { cache?: CacheMark }): Fields =>
  cache ? { cache_control: { type: 'ephemeral', ...(cache.ttl !== undefined && { ttl: cache.ttl }) } } : {}

export const nativeOf = ({ native }: { native?: Native }): Fields => (native?.dialect === 'anthropic' ? native.value : {})

function encodeBlock(block: Block, context: Context): Fields | undefined {
  switch (block.type) {
    case 'text':
      return encodeText(block, context.drop)
    case 'refusal':
      return block.text === '' ? undefined : { type: 'text', text: block.text }
    case 'image': {
      if (block.detail !== undefined) context.drop('detail')
      return encodeMedia('image', block, context)
    }
    case 'file':
      return encodeFile(block, context)
    case 'reasoning':
      return encodeReasoning(block, context)
    case 'tool-call':
      return encodeToolCall(block, context)
    case 'tool-result':
      return encodeToolResult(block, context)
    case 'audio':
      return void context.drop(partName(context.call.dialect, block))
    case 'opaque':
      if (block.dialect === 'anthropic') return block.value as Fields
      return void context.drop(block.what)
  }
}

/** Anthropic's `redacted_thinking` and signed `thinking`. Thoughts without a signature would be refused. */
function encodeReasoning(block: ReasoningBlock, { drop }: Context): Fields | undefined {
  if (block.origin === 'anthropic') {
    if (block.encrypted !== undefined) return { type: 'redacted_thinking', data: block.encrypted }
    if (block.signature) return { type: 'thinking', thinking: block.text, signature: block.signature }
  }
  return void drop('reasoning')
}

function encodeToolCall(block: ToolCallBlock, { ids, drop }: Context): Fields {
  if (block.signature && block.signature.dialect !== 'anthropic') drop('thoughtSignature')
  const input = toolInput(block.arguments)
  // The model's own broken JSON: it is told what it wrote, in the only form that there is.
  if (!input) drop('arguments')
  return {
    ...nativeOf(block),
    type: 'tool_use',
    id: ids.of(block.id),
    name: block.name,
    input: input ?? { arguments: block.arguments },
    ...cacheOf(block),
  }
}

function encodeToolResult(block: ToolResultBlock, context: Context): Fields {
  const content = block.blocks.map((part) => encodeBlock(part, context)).filter((part) => part !== undefined)
  return {
    ...nativeOf(block),
    type: 'tool_result',
    tool_use_id: context.ids.of(block.callId),
    ...(content.length > 0 && { content }),
    ...(block.isError !== undefined && { is_error: block.isError }),
    ...cacheOf(block),
  }
}

function encodeFile(block: FileBlock, context: Context): Fields | undefined {
  const { source } = block
  const mediaType = source.kind === 'id' ? undefined : source.mediaType
  if (mediaType?.startsWith('image/')) return encodeMedia('image', block, context)
  const title = block.name === undefined ? {} : { title: block.name }
  if (source.kind === 'base64' && mediaType !== 'application/pdf') {
    if (!mediaType?.startsWith('text/')) return void context.drop(partName(context.call.dialect, block))
    // Text is the one kind of file that Anthropic takes in the clear only.
    const text = { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') }
    return { ...nativeOf(block), type: 'document', source: text, ...title, ...cacheOf(block) }
  }
  const document = encodeMedia('document', block, context)
  return document && { ...document, ...title }
}

function encodeMedia(type: string, block: { source: Source; cache?: CacheMark; native?: Native }, context: Context): Fields | undefined {
  const source = encodeSource(block.source)
  // An id is known only to the vendor that gave it.
  if (block.source.kind === 'id' && context.call.dialect !== 'anthropic') return void context.drop('file_id')
  return { ...nativeOf(block), type, source, ...cacheOf(block) }
}

function encodeSource(source: Source): Fields {
  if (source.kind === 'base64') return { type: 'base64', media_type: source.mediaType, data: source.data }
  return source.kind === 'url' ? { type: 'url', url: source.url } : { type: 'file', file_id: source.id }
}

function wrapText(wrap: unknown, text: string): Fields {
  if (wrap === 'search_result') return { type: 'search_result', content: [{ type: 'text', text }] }
  const source = wrap === 'document' ? { type: 'text', media_type: 'text/plain', data: text } : { type: 'content', content: text }
  return { type: 'document', source }
}

/** Anthropic refuses a user turn in which something stands before the results that it waits for. */
function resultsFirst(content: Fields[]): Fields[] {
  const results = content.filter((block) => block.type === 'tool_result')
  return results.length === 0 ? content : [...results, ...content.filter((block) => block.type !== 'tool_result')]
}

/** A last assistant turn is a beginning to go on from, and must not end with white space. */
function trimEnd(message: Message | undefined): void {
  const block = message?.role === 'assistant' ? message.content.at(-1) : undefined
  if (block?.type === 'text' && typeof block.text === 'string' && block.text.trim() !== '') block.text = block.text.trimEnd()
}
