import type { Block, CacheMark, FileBlock, ImageBlock, TextBlock } from '../language.ts'
import { invalid, isObject, type Json, objectAt, textAt } from './check.ts'
import { audioType, PART, sourceOf } from './media.ts'

/**
 * The blocks of a message's `content`: a string, parts, or nothing. An empty string is no block. A part of an unknown type
 * becomes opaque and fields of a part
 * that have no place `native`, so that they can go back into chat. `path` leads error messages to the place.
 */
export function decodeContent(content: unknown, path: string): Block[] {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or a list of parts')
  return content.map((part, index) => {
    const at = `${path}[${index}]`
    if (typeof part === 'string') return { type: 'text', text: part }
    if (!isObject(part)) throw invalid(at, 'must be an object')
    const type = textAt(part, 'type', `${at}.type`)
    if (type === undefined) throw invalid(`${at}.type`, 'is missing')
    const decode = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined
    if (!decode) return { type: 'opaque', dialect: 'openai-chat', what: `${PART}${type}`, value: part }
    const block = decode(part, at)
    const cache = block.type === 'refusal' ? undefined : cacheOf(part)
    const own = Object.entries(part).filter(([key]) => key !== 'type' && key !== type && key !== 'cache_control')
    return {
      ...block,
      ...(cache && { cache }),
      ...(own.length > 0 && { native: { dialect: 'openai-chat', value: Object.fromEntries(own) } }),
    } as Block
  })
}

/** The content of system messages, which is text. */
export function decodeText(content: unknown, path: string): TextBlock[] {
  return decodeContent(content, path).map((block, index) => {
    if (block.type !== 'text') throw invalid(`${path}[${index}].type`, 'must be `text` in this message')
    return block
  })
}

/** What a tool gave back: text, images and files. */
export function decodeResult(content: unknown, path: string): (TextBlock | ImageBlock | FileBlock)[] {
  return decodeContent(content, path).map((block, index) => {
    if (block.type !== 'text' && block.type !== 'image' && block.type !== 'file')
      throw invalid(`${path}[${index}].type`, 'must be `text`, `image_url` or `file` in a tool message')
    return block
  })
}

/**
 * The cache mark of a part, message or tool: `cache_control` (OpenRouter, LiteLLM) or `prompt_cache_breakpoint` (OpenAI), whose
 * lifetimes of 30 minutes and more come nearest to an hour in the inner language.
 */
export function cacheOf(object: Json): CacheMark | undefined {
  const { cache_control: control, prompt_cache_breakpoint: breakpoint } = object
  if (isObject(breakpoint)) return typeof breakpoint.ttl === 'string' ? { ttl: '1h' } : {}
  if (!isObject(control)) return undefined
  return typeof control.ttl === 'string' ? { ttl: control.ttl } : {}
}

/** Marks the last block that can be marked. */
export function markLast(blocks: Block[], cache: CacheMark | undefined): void {
  if (!cache) return
  const last = blocks.findLast((block) => block.type !== 'opaque' && block.type !== 'refusal' && block.type !== 'reasoning')
  if (last) (last as TextBlock).cache ??= cache
}

const PARTS: Record<string, (part: Json, path: string) => Block> = {
  text: (part, path) => ({ type: 'text', text: needText(part, 'text', path) }),
  refusal: (part, path) => ({ type: 'refusal', text: needText(part, 'refusal', path) }),
  image_url: (part, path) => {
    const image = typeof part.image_url === 'string' ? { url: part.image_url } : objectAt(part, 'image_url', `${path}.image_url`)
    if (!image) throw invalid(`${path}.image_url`, 'is missing')
    const detail = textAt(image, 'detail', `${path}.image_url.detail`)
    const source = sourceOf(needText(image, 'url', `${path}.image_url`))
    return { type: 'image', source, ...(detail !== undefined && { detail }) }
  },
  input_audio: (part, path) => {
    const audio = objectAt(part, 'input_audio', `${path}.input_audio`)
    if (!audio) throw invalid(`${path}.input_audio`, 'is missing')
    const data = needText(audio, 'data', `${path}.input_audio`)
    const format = needText(audio, 'format', `${path}.input_audio`)
    return { type: 'audio', source: { kind: 'base64', mediaType: audioType(format), data }, format }
  },
  file: (part, path) => {
    const file = objectAt(part, 'file', `${path}.file`)
    if (!file) throw invalid(`${path}.file`, 'is missing')
    const name = textAt(file, 'filename', `${path}.file.filename`)
    const id = textAt(file, 'file_id', `${path}.file.file_id`)
    const data = textAt(file, 'file_data', `${path}.file.file_data`)
    if (id === undefined && data === undefined) throw invalid(`${path}.file`, 'needs `file_id` or `file_data`')
    const source = id !== undefined ? ({ kind: 'id', id } as const) : fileSource(data ?? '', name)
    return { type: 'file', source, ...(name !== undefined && { name }) }
  },
}

/** `file_data` is a `data:` URL; some send a plain URL (OpenRouter) or only the base64 text. */
function fileSource(data: string, name: string | undefined): FileBlock['source'] {
  if (/^(data|https?):/.test(data)) return sourceOf(data)
  const mediaType = !name || /\.pdf$/i.test(name) ? 'application/pdf' : 'application/octet-stream'
  return { kind: 'base64', mediaType, data }
}

function needText(object: Json, key: string, path: string): string {
  const value = textAt(object, key, `${path}.${key}`)
  if (value === undefined) throw invalid(`${path}.${key}`, 'is missing')
  return value
}
