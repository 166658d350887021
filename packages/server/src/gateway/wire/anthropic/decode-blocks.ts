import type { Block, CacheMark, FileBlock, ImageBlock, Native, Source, TextBlock, ToolResultBlock } from '../language.ts'
import { decodeCitation } from './citations.ts'
import { BOOLEAN, type Fields, invalid, isObject, LIST, OBJECT, optional, others, required, STRING } from './fields.ts'
import { unpackCallId, unpackReasoning } from './foreign-proof.ts'

/** The content of a message: a string or a list of blocks. A kind of block that is not known here is carried as it is. */
export function decodeContent(content: unknown, path: string): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or a list of blocks')
  return content.map((block: unknown, index) => {
    const at = `${path}.${index}`
    if (!isObject(block)) throw invalid(at, 'must be an object')
    const type = required(block, 'type', STRING, `${at}.type`)
    return Object.hasOwn(DECODERS, type)
      ? (DECODERS[type as keyof typeof DECODERS] as Decoder)(block, at)
      : { type: 'opaque', dialect: 'anthropic', what: type, value: block }
  })
}

/** A `text` block of a message or of `system`. */
export function decodeText(block: Fields, path: string): TextBlock {
  const citations = optional(block, 'citations', LIST, `${path}.citations`)
  return {
    type: 'text',
    text: required(block, 'text', STRING, `${path}.text`),
    ...(citations && citations.length > 0 && { citations: citations.map(decodeCitation) }),
    ...marks(block, ['type', 'text', 'citations']),
  }
}

/** `cache_control` as a mark; `undefined` where there is none. */
export function decodeCache(fields: Fields): CacheMark | undefined {
  const { cache_control: sent } = fields
  if (!isObject(sent)) return undefined
  return typeof sent.ttl === 'string' ? { ttl: sent.ttl } : {}
}

type Decoder = (block: Fields, path: string) => Block

const DECODERS = {
  text: decodeText,
  image: decodeImage,
  document: decodeDocument,
  search_result: decodeSearchResult,
  thinking: (block, path) => {
    const text = required(block, 'thinking', STRING, `${path}.thinking`)
    const signature = optional(block, 'signature', STRING, `${path}.signature`)
    return (
      unpackReasoning(text, signature ?? '') ?? {
        type: 'reasoning',
        text,
        origin: 'anthropic',
        ...(signature !== undefined && { signature }),
      }
    )
  },
  redacted_thinking: (block, path) => ({
    type: 'reasoning',
    text: '',
    origin: 'anthropic',
    encrypted: required(block, 'data', STRING, `${path}.data`),
  }),
  tool_use: (block, path) => ({
    type: 'tool-call',
    ...unpackCallId(required(block, 'id', STRING, `${path}.id`)),
    name: required(block, 'name', STRING, `${path}.name`),
    arguments: JSON.stringify(optional(block, 'input', OBJECT, `${path}.input`) ?? {}),
    // `direct` is what a call is where nothing is said.
    ...marks(block, ['type', 'id', 'name', 'input', ...(isObject(block.caller) && block.caller.type === 'direct' ? ['caller'] : [])]),
  }),
  tool_result: decodeToolResult,
} satisfies Record<string, Decoder>

function decodeImage(block: Fields, path: string): ImageBlock {
  return { type: 'image', source: decodeSource(block, path), ...marks(block, ['type', 'source']) }
}

/** A document of text stays text, wrapped, so that every dialect carries it and a guard can read it. */
function decodeDocument(block: Fields, path: string): Block {
  const source = required(block, 'source', OBJECT, `${path}.source`)
  if (source.type === 'text' || source.type === 'content') {
    const text = plainText(source.type === 'text' ? source.data : source.content)
    if (text === undefined) return { type: 'opaque', dialect: 'anthropic', what: 'document', value: block }
    return wrapped(block, ['type', 'source'], text, source.type === 'text' ? 'document' : 'document-content')
  }
  const title = optional(block, 'title', STRING, `${path}.title`)
  return {
    type: 'file',
    source: decodeSource(block, path),
    ...(title !== undefined && { name: title }),
    ...marks(block, ['type', 'source', 'title']),
  } satisfies FileBlock
}

function decodeSearchResult(block: Fields): Block {
  const text = plainText(block.content)
  if (text === undefined) return { type: 'opaque', dialect: 'anthropic', what: 'search_result', value: block }
  return wrapped(block, ['type', 'content'], text, 'search_result')
}

function decodeToolResult(block: Fields, path: string): Block {
  const sent = unpackCallId(required(block, 'tool_use_id', STRING, `${path}.tool_use_id`))
  const isError = optional(block, 'is_error', BOOLEAN, `${path}.is_error`)
  const blocks = decodeContent(block.content ?? '', `${path}.content`)
  const carried = blocks.filter((part) => part.type === 'text' || part.type === 'image' || part.type === 'file')
  if (carried.length < blocks.length) return { type: 'opaque', dialect: 'anthropic', what: 'tool_result', value: block }
  return {
    type: 'tool-result',
    callId: sent.id,
    blocks: carried,
    ...(isError !== undefined && { isError }),
    ...marks(block, ['type', 'tool_use_id', 'content', 'is_error']),
  } satisfies ToolResultBlock
}

function decodeSource(block: Fields, path: string): Source {
  const source = required(block, 'source', OBJECT, `${path}.source`)
  const field = (name: string) => required(source, name, STRING, `${path}.source.${name}`)
  if (source.type === 'base64') return { kind: 'base64', mediaType: field('media_type'), data: field('data') }
  if (source.type === 'url') return { kind: 'url', url: field('url') }
  if (source.type === 'file') return { kind: 'id', id: field('file_id') }
  throw invalid(`${path}.source.type`, 'must be base64, url or file')
}

/** The text of a string or of a list of text blocks; `undefined` where there is something else in it. */
function plainText(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const texts = content.map((part: unknown) =>
    isObject(part) && part.type === 'text' && typeof part.text === 'string' ? part.text : undefined,
  )
  return texts.every((text) => text !== undefined) ? texts.join('\n\n') : undefined
}

function wrapped(block: Fields, known: string[], text: string, wrap: string): TextBlock {
  const { cache, native } = marks(block, known)
  return { type: 'text', text, ...(cache && { cache }), native: { dialect: 'anthropic', value: { wrap, ...native?.value } } }
}

function marks(block: Fields, known: readonly string[]): { cache?: CacheMark; native?: Native } {
  const cache = decodeCache(block)
  const value = others(block, cache ? [...known, 'cache_control'] : known)
  return { ...(cache && { cache }), ...(value && { native: { dialect: 'anthropic', value } }) }
}
