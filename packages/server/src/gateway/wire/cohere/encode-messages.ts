import type { AudioBlock, Block, Call, FileBlock, ImageBlock, OpaqueBlock, TextBlock, ToolResultBlock, Turn } from '../language.ts'
import { partName } from '../part-names.ts'
import { listOf, objectOf, type Untyped } from '../untyped.ts'
import { documentOf } from './documents.ts'

type Writing = { call: Call; dropped: Set<string> }

/** The `id` of a reasoning block that is Cohere's `tool_plan`, which stands beside the content. */
export const TOOL_PLAN = 'tool_plan'

/** System prompt and turns as messages, without the documents that Cohere takes beside them. A turn becomes several where tool results and words of the user follow each other. */
export function encodeMessages(call: Call, dropped: Set<string>): Untyped[] {
  const writing = { call, dropped }
  const system = call.system.flatMap((block) => (documentOf(block) === undefined ? encodeText(block, writing) : []))
  const first = system.length > 0 ? [{ role: 'system', content: plain(system) }] : []
  return [...first, ...call.turns.flatMap((turn) => encodeTurn(turn, writing))]
}

function encodeTurn(turn: Turn, writing: Writing): Untyped[] {
  if (turn.name !== undefined) writing.dropped.add('name')
  if (turn.role === 'assistant') return encodeAssistant(turn.blocks, writing)
  const messages: Untyped[] = []
  const fields = ownFields(turn.blocks)
  let parts: Untyped[] = []
  const flush = (): void => {
    if (parts.length > 0) messages.push({ role: 'user', content: plain(parts), ...fields })
    parts = []
  }
  for (const block of turn.blocks) {
    if (block.type === 'tool-result') {
      flush()
      messages.push(encodeToolResult(block, writing))
    } else parts.push(...encodePart(block, writing))
  }
  flush()
  return messages
}

/** What a user says: text and images. */
function encodePart(block: Block, writing: Writing): Untyped[] {
  const { dropped } = writing
  if (block.type === 'text') return encodeText(block, writing)
  if (block.type === 'refusal') return block.text === '' ? [] : [{ type: 'text', text: block.text }]
  if (block.type === 'image' || block.type === 'file' || block.type === 'audio') return encodeMedia(block, writing)
  if (block.type === 'reasoning') dropped.add('reasoning')
  else if (block.type === 'opaque') {
    if (block.dialect !== 'cohere') dropped.add(block.what)
    else if (isPart(block)) return [objectOf(block.value)]
  } else dropped.add(block.type === 'tool-call' ? 'tool_calls' : 'tool_result')
  return []
}

/** What of a message only Cohere knows: fields of the message, as an opaque block holds them, not parts of its content. */
const ownFields = (blocks: readonly Block[]): Untyped =>
  Object.assign({}, ...blocks.map((block) => (block.type === 'opaque' && block.dialect === 'cohere' && !isPart(block) ? block.value : {})))
const isPart = ({ value }: OpaqueBlock): boolean => typeof objectOf(value).type === 'string'

function encodeText(block: TextBlock, { dropped }: Writing): Untyped[] {
  const { text, cache } = block
  const document = documentOf(block)
  if (document !== undefined) return [{ type: 'document', document }]
  if (cache) dropped.add('cache_control')
  return text === '' ? [] : [{ type: 'text', text }]
}

/** An image by address or as a data URL. Cohere takes no files and no sound. */
function encodeMedia(block: ImageBlock | FileBlock | AudioBlock, { call, dropped }: Writing): Untyped[] {
  if (block.cache) dropped.add('cache_control')
  const { source } = block
  const isImage = block.type === 'image' || (source.kind !== 'id' && source.mediaType?.startsWith('image/') === true)
  if (!isImage || source.kind === 'id') {
    dropped.add(partName(call.dialect, block))
    return []
  }
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
  return [{ type: 'image_url', image_url: { url, ...(block.type === 'image' && block.detail !== undefined && { detail: block.detail }) } }]
}

function encodeToolResult(block: ToolResultBlock, writing: Writing): Untyped {
  const { call, dropped } = writing
  if (block.isError) dropped.add('is_error')
  if (block.cache) dropped.add('cache_control')
  const content = block.blocks.flatMap((part): Untyped[] => {
    if (part.type === 'text') return encodeText(part, writing)
    // Results hold text and documents alone.
    dropped.add(partName(call.dialect, part))
    return []
  })
  return { role: 'tool', tool_call_id: block.callId, content: plain(content) }
}

function encodeAssistant(blocks: Block[], writing: Writing): Untyped[] {
  const { dropped } = writing
  const content: Untyped[] = []
  const calls: Untyped[] = []
  const citations: unknown[] = []
  let plan = ''
  for (const block of blocks) {
    if (block.type === 'reasoning' && block.origin === 'cohere') {
      if (block.id === TOOL_PLAN) plan += block.text
      else content.push({ type: 'thinking', thinking: block.text })
    } else if (block.type === 'tool-call') {
      if (block.cache) dropped.add('cache_control')
      if (block.signature) dropped.add('thoughtSignature')
      calls.push({ id: block.id, type: 'function', function: { name: block.name, arguments: block.arguments || '{}' } })
    } else if (block.type === 'image' || block.type === 'file' || block.type === 'audio') {
      dropped.add(partName(writing.call.dialect, block))
    } else {
      if (block.type === 'text') citations.push(...ownCitations(block, dropped))
      content.push(...encodePart(block, writing))
    }
  }
  if (content.length === 0 && calls.length === 0 && plan === '') return []
  const { citations: others, ...fields } = ownFields(blocks)
  citations.push(...listOf(others))
  return [
    {
      ...fields,
      role: 'assistant',
      ...(plan !== '' && { tool_plan: plan }),
      ...(content.length > 0 && { content: plain(content) }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(citations.length > 0 && { citations }),
    },
  ]
}

function ownCitations({ citations = [] }: TextBlock, dropped: Set<string>): unknown[] {
  if (citations.some(({ native }) => native?.dialect !== 'cohere')) dropped.add('citations')
  return citations.flatMap(({ native }) => (native?.dialect === 'cohere' && native.value !== undefined ? [native.value] : []))
}

/** A single text stands without its wrapping; nothing is an empty text. */
function plain(parts: Untyped[]): unknown {
  if (parts.length === 0) return ''
  return parts.length === 1 && parts[0]?.type === 'text' ? parts[0].text : parts
}
