import { AppError } from '@signalbox/schema'
import type {
  Block,
  CacheMark,
  FileBlock,
  ImageBlock,
  Native,
  ReasoningBlock,
  RefusalBlock,
  TextBlock,
  ToolResultBlock,
} from '../language.ts'
import { decodeAnnotation } from './citations.ts'
import { unwrapProof } from './foreign-reasoning.ts'
import { type Json, objectOf, objectsOf, textOf } from './json.ts'
import { sourceOfPart } from './media.ts'
import { DIALECT, keepNative } from './native.ts'

/** The refusal of a client's request: what is wrong and where. */
export const invalid = (param: string, problem: string): AppError =>
  new AppError('invalid-request', `\`${param}\` ${problem}.`, { data: { param } })

/** The blocks of a message, each with what the item said of itself; `joins` marks a block of the same item as the one before. */
export function decodeMessage(item: Json, param: string): Block[] {
  const about = pick(item, ['id', 'phase', 'status'])
  const { content } = item
  if (typeof content === 'string') return [{ type: 'text', text: content, ...keepNative(about) }]
  if (!Array.isArray(content)) throw invalid(`${param}.content`, 'must be a string or a list of parts')
  return content.map((part, at) => decodePart(part, { ...about, ...(at > 0 && { joins: true }) }, `${param}.content[${at}]`))
}

/** The block of one content part. A part of a kind that we don't know stays as it is. */
export function decodePart(part: unknown, about: Json, param: string): Block {
  const found = objectOf(part)
  if (!found) throw invalid(param, 'must be an object')
  const type = textOf(found.type)
  if (!type) throw invalid(`${param}.type`, 'must be a string')
  return PARTS[type]?.(found, about, param) ?? { type: 'opaque', dialect: DIALECT, what: `content.${type}`, value: found }
}

export function decodeText(part: Json, about: Json, param: string): TextBlock {
  if (typeof part.text !== 'string') throw invalid(`${param}.text`, 'must be a string')
  const citations = objectsOf(part.annotations).map(decodeAnnotation)
  return { type: 'text', text: part.text, ...(citations.length > 0 && { citations }), ...cacheOf(part, about) }
}

function decodeRefusal(part: Json, about: Json): RefusalBlock {
  return { type: 'refusal', text: textOf(part.refusal), ...keepNative(about) }
}

function decodeImage(part: Json, about: Json, param: string): ImageBlock {
  const source = sourceOfPart(part)
  if (!source) throw invalid(param, 'needs an `image_url` or a `file_id`')
  return { type: 'image', source, ...(typeof part.detail === 'string' && { detail: part.detail }), ...cacheOf(part, about) }
}

function decodeFile(part: Json, about: Json, param: string): FileBlock {
  const source = sourceOfPart(part)
  if (!source) throw invalid(param, 'needs a `file_data`, a `file_url` or a `file_id`')
  const name = typeof part.filename === 'string' && { name: part.filename }
  return { type: 'file', source, ...name, ...cacheOf(part, { ...about, ...pick(part, ['detail']) }) }
}

function decodeAudio(part: Json, about: Json, param: string): Block {
  const audio = objectOf(part.input_audio)
  if (typeof audio?.data !== 'string') throw invalid(`${param}.input_audio.data`, 'must be base64 text')
  const format = textOf(audio.format)
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format || 'wav'}`
  return { type: 'audio', source: { kind: 'base64', mediaType, data: audio.data }, ...(format && { format }), ...keepNative(about) }
}

const PARTS: Record<string, (part: Json, about: Json, param: string) => Block> = {
  input_text: decodeText,
  output_text: decodeText,
  text: decodeText,
  refusal: decodeRefusal,
  input_image: decodeImage,
  input_file: decodeFile,
  input_audio: decodeAudio,
}

export function decodeToolResult(item: Json, param: string): ToolResultBlock {
  if (typeof item.call_id !== 'string') throw invalid(`${param}.call_id`, 'must be a string')
  const { output } = item
  const native = pick(item, ['id', 'status', 'caller', 'namespace'])
  const name = typeof item.name === 'string' && { name: item.name }
  const result = (blocks: ToolResultBlock['blocks'], isText: boolean): ToolResultBlock => ({
    type: 'tool-result',
    callId: item.call_id as string,
    ...name,
    blocks,
    ...keepNative({ ...native, ...(isText && { isText }) }),
  })
  if (typeof output === 'string') return result([{ type: 'text', text: output }], true)
  if (!Array.isArray(output)) throw invalid(`${param}.output`, 'must be a string or a list of parts')
  const blocks = output.map((part, at) => {
    const block = decodePart(part, {}, `${param}.output[${at}]`)
    if (block.type === 'text' || block.type === 'image' || block.type === 'file') return block
    throw invalid(`${param}.output[${at}].type`, 'must be input_text, input_image or input_file')
  })
  return result(blocks, false)
}

/**
 * The blocks of a reasoning item: its summaries, its thoughts, and what is encrypted, all of the same `id`. What stands in
 * it of another vendor gets that vendor as its origin again.
 */
export function decodeReasoning(item: Json): ReasoningBlock[] {
  const id = typeof item.id === 'string' && { id: item.id }
  const encrypted = typeof item.encrypted_content === 'string' ? item.encrypted_content : undefined
  const proof = encrypted === undefined ? undefined : unwrapProof(encrypted)
  const origin = proof?.origin ?? DIALECT
  const blocks: ReasoningBlock[] = [
    ...objectsOf(item.summary).map((part) => ({ type: 'reasoning' as const, text: textOf(part.text), isSummary: true, ...id, origin })),
    ...objectsOf(item.content).map((part) => ({ type: 'reasoning' as const, text: textOf(part.text), ...id, origin })),
  ]
  if (proof) {
    const { signature, encrypted: data } = proof
    const last = blocks.at(-1) ?? { type: 'reasoning' as const, text: '', origin }
    delete last.id
    Object.assign(last, signature !== undefined && { signature }, data !== undefined && { encrypted: data })
    return blocks.length > 0 ? blocks : [last]
  }
  if (encrypted !== undefined) blocks.push({ type: 'reasoning', text: '', encrypted, ...id, origin })
  return blocks.length > 0 ? blocks : [{ type: 'reasoning', text: '', ...id, origin }]
}

/** The keys that are there and not null. */
export function pick(value: Json, keys: readonly string[]): Json {
  const found: Json = {}
  for (const key of keys) if (value[key] !== undefined && value[key] !== null) found[key] = value[key]
  return found
}

function cacheOf(part: Json, about: Json): { cache?: CacheMark; native?: Native } {
  const mark = objectOf(part.prompt_cache_breakpoint)
  if (!mark) return keepNative(about)
  // OpenAI's lifetimes are 30 minutes and 12 hours; an hour is what other dialects have for either.
  return { cache: mark.ttl === undefined ? {} : { ttl: '1h' }, ...keepNative({ ...about, breakpoint: mark }) }
}
