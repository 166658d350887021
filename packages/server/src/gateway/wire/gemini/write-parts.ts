import { AppError } from '@signalbox/schema'
import type { AudioBlock, Block, FileBlock, ImageBlock, ReasoningBlock, Source, ToolResultBlock } from '../language.ts'
import type { Fields } from './fields.ts'
import { packReasoning } from './foreign-proof.ts'
import { writeArguments, writeToolResponse } from './tool-response.ts'

export type PartsOptions = {
  /** Is told what cannot be carried. */
  drop(what: 'reasoning' | 'detail' | 'cache' | 'citations' | { opaque: string }): void
  /** The name of the tool that a call used. */
  nameOf(callId: string): string | undefined
  /** Media may stand inside of function responses. */
  mediaInResponses: boolean
  /** What to do with the reasoning of other vendors: leave it out of what a model gets, pack its proof for a client. */
  foreign: 'drop' | 'pack'
}

/**
 * Blocks as parts, in their order, behind `parts`; media of tool results that may not stand inside of them follows all of
 * them. A signature of Gemini's without words goes on the part before it.
 */
export function writeParts(blocks: readonly Block[], options: PartsOptions, parts: Fields[] = []): Fields[] {
  const behind: Fields[] = []
  for (const block of blocks) {
    if ('cache' in block && block.cache) options.drop('cache')
    if (block.type === 'reasoning') writeReasoning(block, parts, options)
    else if (block.type === 'tool-result') parts.push(writeToolResult(block, behind, options))
    else {
      const part = writePart(block, options)
      if (part) parts.push(part)
    }
  }
  parts.push(...behind)
  return parts
}

/** A block that is neither reasoning nor a tool result. */
export function writePart(block: Exclude<Block, ReasoningBlock | ToolResultBlock>, options: PartsOptions): Fields | undefined {
  const native = 'native' in block && block.native?.dialect === 'gemini' ? block.native.value : undefined
  switch (block.type) {
    case 'text':
      if (block.citations && block.citations.length > 0) options.drop('citations')
      return native ? { text: block.text, ...native } : { text: block.text }
    case 'refusal':
      return { text: block.text }
    case 'tool-call': {
      const { id, name, signature } = block
      const functionCall = { ...(id && { id }), name, args: writeArguments(block.arguments) }
      return { functionCall, ...(signature?.dialect === 'gemini' && { thoughtSignature: signature.value }) }
    }
    case 'opaque':
      if (block.dialect !== 'gemini') options.drop({ opaque: block.what })
      else if (typeof block.value === 'object' && block.value !== null) return { ...block.value }
      return undefined
    default:
      if (block.type === 'image' && block.detail && block.detail !== 'auto') options.drop('detail')
      return withNative(writeMedia(block), native)
  }
}

function withNative(part: Fields, native: Fields | undefined): Fields {
  if (!native) return part
  const { inlineData, fileData, ...rest } = native
  const merged: Fields = { ...part, ...rest }
  if (part.inlineData && typeof inlineData === 'object') merged.inlineData = { ...part.inlineData, ...inlineData }
  if (part.fileData && typeof fileData === 'object') merged.fileData = { ...part.fileData, ...fileData }
  return merged
}

function writeReasoning(block: ReasoningBlock, parts: Fields[], options: PartsOptions): void {
  const { text, signature, encrypted, isSummary } = block
  if (block.origin !== 'gemini') {
    if (options.foreign === 'drop') return options.drop('reasoning')
    const hasProof = signature !== undefined || encrypted !== undefined
    parts.push({ text, thought: true, ...(hasProof && { thoughtSignature: packReasoning(block, { withText: false }) }) })
  } else if (isSummary || text !== '') {
    parts.push({ text, thought: true, ...(signature && { thoughtSignature: signature }) })
  } else if (signature) {
    const before = parts.at(-1)
    if (before && before.thoughtSignature === undefined && before.thought !== true) before.thoughtSignature = signature
    else parts.push({ text: '', thoughtSignature: signature })
  } else if (encrypted) parts.push({ text: '', thoughtSignature: encrypted })
}

function writeToolResult(block: ToolResultBlock, behind: Fields[], options: PartsOptions): Fields {
  const name = block.name ?? options.nameOf(block.callId)
  if (!name)
    throw new AppError('invalid-request', `The tool result "${block.callId}" answers no tool call of this conversation.`, {
      hint: 'Send the assistant turn with the tool call before its result: Gemini knows results by the name of the tool.',
      data: { param: 'tool_call_id' },
    })
  const texts: string[] = []
  const inside: Fields[] = []
  for (const inner of block.blocks) {
    if (inner.type === 'text') {
      texts.push(inner.text)
      continue
    }
    const part = writePart(inner, options)
    if (part) (options.mediaInResponses && part.inlineData ? inside : behind).push(part)
  }
  const native = block.native?.dialect === 'gemini' ? block.native.value : {}
  const response = writeToolResponse(texts.join('\n'), block.isError === true)
  return {
    functionResponse: { ...(block.callId && { id: block.callId }), name, response, ...(inside.length > 0 && { parts: inside }), ...native },
  }
}

const TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  pdf: 'application/pdf',
}

function writeMedia(block: ImageBlock | AudioBlock | FileBlock): Fields {
  const { source } = block
  const displayName = block.type === 'file' && block.name ? { displayName: block.name } : {}
  if (source.kind === 'base64')
    return { inlineData: { mimeType: source.mediaType || fallbackType(block), data: source.data, ...displayName } }
  if (source.kind === 'id') return { fileData: { fileUri: fileUri(source.id), ...displayName } }
  const inline = DATA_URL.exec(source.url.slice(0, 200))
  if (inline)
    return { inlineData: { mimeType: inline[1] || fallbackType(block), data: source.url.slice(inline[0].length), ...displayName } }
  const mimeType = source.mediaType ?? typeOf(source)
  return { fileData: { ...(mimeType && { mimeType }), fileUri: source.url, ...displayName } }
}

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/

function fallbackType(block: ImageBlock | AudioBlock | FileBlock): string {
  if (block.type === 'image') return 'image/png'
  if (block.type === 'audio') return `audio/${block.format ?? 'wav'}`
  return 'application/octet-stream'
}

function typeOf(source: Extract<Source, { kind: 'url' }>): string | undefined {
  const ending = /\.([a-z0-9]{3,4})(?:[?#]|$)/i.exec(source.url)
  return ending?.[1] ? TYPES[ending[1].toLowerCase()] : undefined
}

/** The Files API names files `files/abc` and wants their whole address. */
const fileUri = (id: string): string =>
  id.includes('://') ? id : `https://generativelanguage.googleapis.com/v1beta/${id.startsWith('files/') ? id : `files/${id}`}`
