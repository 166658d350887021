import type {
  AudioBlock,
  Block,
  FileBlock,
  ImageBlock,
  ReasoningBlock,
  RefusalBlock,
  TextBlock,
  ToolResultBlock,
  Turn,
} from '../language.ts'
import { encodeCitation } from './citations.ts'
import type { Json } from './json.ts'
import { dataUrl, nameOfMediaType } from './media.ts'
import { DIALECT, nativeOf } from './native.ts'

/** Called with the name of what cannot be carried. */
export type Drop = (name: string) => void

/** The items of a turn, in its order. */
export function encodeTurn(turn: Turn, drop: Drop): Json[] {
  if (turn.name !== undefined) drop('name')
  const items: Json[] = []
  let message: { item: Json; content: Json[] } | undefined
  let reasoning: Json | undefined
  for (const block of turn.blocks) {
    if (block.type === 'reasoning') {
      message = undefined
      reasoning = addReasoning(block, reasoning, drop)
      if (reasoning && items.at(-1) !== reasoning) items.push(reasoning)
      continue
    }
    const item = encodeItem(block, drop)
    if (item === null) continue
    reasoning = undefined
    if (item) {
      message = undefined
      items.push(item)
      continue
    }
    const part = encodePart(block, turn.role, drop)
    if (!part) continue
    if (!message || startsItem(block, message.item)) {
      message = openMessage(block, turn.role)
      items.push(message.item)
    }
    message.content.push(part)
  }
  return items
}

/** The message items of leading system texts that came as items of their own. */
export function encodeSystemItems(blocks: TextBlock[], drop: Drop): Json[] {
  const items: Json[] = []
  for (const block of blocks) items.push(...encodeTurn({ role: 'user', blocks: [block] }, drop))
  // Parts of one item come together again.
  const joined: Json[] = []
  for (const [at, item] of items.entries()) {
    const before = joined.at(-1)
    if (before && nativeOf(blocks[at] as TextBlock).joins) (before.content as Json[]).push(...(item.content as Json[]))
    else joined.push(item)
  }
  return joined
}

function startsItem(block: Block, message: Json): boolean {
  const { joins, id, role } = nativeOf(block)
  return !joins && ((id !== undefined && id !== message.id) || (role !== undefined && role !== message.role))
}

function openMessage(block: Block, role: Turn['role']) {
  const content: Json[] = []
  const native = nativeOf(block)
  const item: Json = { type: 'message' }
  for (const key of ['id', 'status', 'phase']) if (native[key] !== undefined) item[key] = native[key]
  item.role = native.role ?? role
  item.content = content
  return { item, content }
}

/** The block as an item of its own; `undefined` for a part of a message, `null` where it was dropped. */
function encodeItem(block: Exclude<Block, ReasoningBlock>, drop: Drop): Json | null | undefined {
  if (block.type === 'tool-call') {
    if (block.signature) drop('thoughtSignature')
    if (block.cache) drop('cache_control')
    return { type: 'function_call', call_id: block.id, name: block.name, arguments: block.arguments, ...nativeOf(block) }
  }
  if (block.type === 'tool-result') return encodeToolResult(block, drop)
  if (block.type !== 'opaque') return undefined
  if (block.dialect !== DIALECT) {
    drop(block.what)
    return null
  }
  return block.what.startsWith(CONTENT) ? undefined : (block.value as Json)
}

const CONTENT = 'content.'

function encodeToolResult(block: ToolResultBlock, drop: Drop): Json {
  const { isText, ...native } = nativeOf(block)
  if (block.isError) drop('is_error')
  if (block.cache) drop('cache_control')
  const [first] = block.blocks
  const isPlain = block.blocks.length === 0 || (block.blocks.length === 1 && first?.type === 'text' && (isText || !('native' in block)))
  const output = isPlain
    ? first?.type === 'text'
      ? encodePlain(first, drop)
      : ''
    : block.blocks.map((part) => encodePart(part, 'user', drop)).filter((part) => part !== undefined)
  return {
    type: 'function_call_output',
    call_id: block.callId,
    output,
    ...(block.name !== undefined && native.namespace !== undefined && { name: block.name }),
    ...native,
  }
}

function encodePlain(block: TextBlock, drop: Drop): string {
  if (block.cache) drop('cache_control')
  if (block.citations?.length) drop('citations')
  return block.text
}

function addReasoning(block: ReasoningBlock, item: Json | undefined, drop: Drop): Json | undefined {
  if (block.origin !== DIALECT) {
    drop('reasoning')
    return undefined
  }
  // An item has its summary before its text.
  const isEarlier = block.isSummary === true && item?.content !== undefined
  const open = item && item.id === block.id && !('encrypted_content' in item) && !isEarlier ? item : undefined
  const found = open ?? { type: 'reasoning', ...(block.id !== undefined && { id: block.id }), summary: [] }
  if (block.isSummary) (found.summary as Json[]).push({ type: 'summary_text', text: block.text })
  else if (block.text !== '') {
    found.content ??= []
    ;(found.content as Json[]).push({ type: 'reasoning_text', text: block.text })
  }
  if (block.encrypted !== undefined) found.encrypted_content = block.encrypted
  return found
}

type PartEncoder<B extends Block> = (block: B, role: Turn['role'], drop: Drop) => Json | undefined

const encodeText: PartEncoder<TextBlock> = (block, role, drop) => {
  if (role === 'user') {
    if (block.citations?.length) drop('citations')
    return { type: 'input_text', text: block.text, ...breakpoint(block, drop) }
  }
  if (block.cache) drop('cache_control')
  const annotations = (block.citations ?? []).map(encodeCitation)
  if (annotations.includes(undefined)) drop('citations')
  return { type: 'output_text', text: block.text, annotations: annotations.filter((annotation) => annotation !== undefined) }
}

const encodeRefusal: PartEncoder<RefusalBlock> = (block, role) =>
  role === 'assistant' ? { type: 'refusal', refusal: block.text } : { type: 'input_text', text: block.text }

const encodeImage: PartEncoder<ImageBlock> = (block, role, drop) => {
  if (role === 'assistant') return void drop('image')
  const { source } = block
  const where = source.kind === 'id' ? { file_id: source.id } : { image_url: source.kind === 'url' ? source.url : dataUrl(source) }
  return { type: 'input_image', ...where, detail: block.detail ?? 'auto', ...breakpoint(block, drop) }
}

const encodeFile: PartEncoder<FileBlock> = (block, role, drop) => {
  if (role === 'assistant') return void drop('file')
  const { source, name } = block
  const { detail } = nativeOf(block)
  const where =
    source.kind === 'id'
      ? { file_id: source.id }
      : source.kind === 'url'
        ? { file_url: source.url }
        : { filename: nameOfMediaType(source.mediaType), file_data: dataUrl(source) }
  return {
    type: 'input_file',
    ...where,
    ...(name !== undefined && { filename: name }),
    ...(detail !== undefined && { detail }),
    ...breakpoint(block, drop),
  }
}

const encodeAudio: PartEncoder<AudioBlock> = (block, role, drop) => {
  if (role === 'assistant' || block.source.kind !== 'base64') return void drop('audio')
  if (block.cache) drop('cache_control')
  const format = block.format ?? AUDIO[block.source.mediaType] ?? 'wav'
  return { type: 'input_audio', input_audio: { data: block.source.data, format } }
}

const AUDIO: Record<string, string> = { 'audio/mpeg': 'mp3', 'audio/mp3': 'mp3', 'audio/wav': 'wav', 'audio/x-wav': 'wav' }

function encodePart(block: Exclude<Block, ReasoningBlock>, role: Turn['role'], drop: Drop): Json | undefined {
  if (block.type === 'opaque') return block.value as Json
  const encode = PARTS[block.type as keyof typeof PARTS] as PartEncoder<Block>
  return encode(block, role, drop)
}

const PARTS = { text: encodeText, refusal: encodeRefusal, image: encodeImage, file: encodeFile, audio: encodeAudio }

function breakpoint(block: TextBlock | ImageBlock | FileBlock, drop: Drop): Json {
  const own = nativeOf(block).breakpoint
  if (own) return { prompt_cache_breakpoint: own }
  if (block.cache) drop('cache_control')
  return {}
}
