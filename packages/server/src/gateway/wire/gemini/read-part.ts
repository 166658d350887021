import type { AudioBlock, Block, FileBlock, ImageBlock, Native, ReasoningBlock, Source } from '../language.ts'
import { type Fields, isFields } from './fields.ts'
import { unpackReasoning } from './foreign-proof.ts'
import { readToolResponse } from './tool-response.ts'

/** Names calls: Gemini may leave their ids out. */
export type CallIds = {
  call(id: string | undefined, name: string): string
  result(id: string | undefined, name: string): string
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * A part (camelCase keys) as blocks. One that only Gemini understands is an opaque block; an empty one is nothing. The
 * signature of a part that is neither a thought nor a call follows it as a reasoning block without text.
 */
export function readPart(part: Fields, ids: CallIds): Block[] {
  const { thoughtSignature, ...bare } = part
  const signature = string(thoughtSignature)
  if (typeof bare.text === 'string') return readText(bare, bare.text, signature)
  if (isFields(bare.functionCall) && isOnly(bare, 'functionCall')) {
    const { id, name, args } = bare.functionCall
    return [
      {
        type: 'tool-call',
        id: ids.call(string(id) || undefined, string(name)),
        name: string(name),
        arguments: args === undefined || args === null ? '{}' : JSON.stringify(args),
        ...(signature && { signature: { dialect: 'gemini', value: signature } }),
      },
    ]
  }
  if (isFields(bare.functionResponse) && isOnly(bare, 'functionResponse'))
    return [readFunctionResponse(bare.functionResponse, ids), ...proof(signature)]
  const media = bare.thought === true ? undefined : readMedia(bare)
  if (media) return [media, ...proof(signature)]
  const what = Object.keys(bare).find((key) => key !== 'thought')
  if (what !== undefined) return [{ type: 'opaque', dialect: 'gemini', what, value: part }]
  return proof(signature, 'encrypted')
}

function readText(part: Fields, text: string, signature: string): Block[] {
  const foreign = signature && unpackReasoning(text, signature)
  if (foreign) return [foreign]
  if (part.thought === true) {
    if (text === '' && !signature) return []
    return [{ type: 'reasoning', text, isSummary: true, ...(signature && { signature }), origin: 'gemini' }]
  }
  if (text === '') return proof(signature, 'encrypted')
  const { text: _, thought: __, ...rest } = part
  return [{ type: 'text', text, ...native(rest) }, ...proof(signature)]
}

/** `signature` belongs to the part before it, `encrypted` came in a part of its own without text. */
function proof(signature: string, as: 'signature' | 'encrypted' = 'signature'): ReasoningBlock[] {
  return signature === '' ? [] : [{ type: 'reasoning', text: '', [as]: signature, origin: 'gemini' }]
}

const isOnly = (part: Fields, key: string): boolean => Object.keys(part).every((name) => name === key || name === 'thought')

const native = (rest: Fields): { native?: Native } => (Object.keys(rest).length === 0 ? {} : { native: { dialect: 'gemini', value: rest } })

/** An image, audio or file, in the part (`inlineData`) or elsewhere (`fileData`). */
export function readMedia(part: Fields): ImageBlock | AudioBlock | FileBlock | undefined {
  const { inlineData, fileData, thought: _, ...rest } = part
  const held = isFields(inlineData) ? inlineData : isFields(fileData) ? fileData : undefined
  if (!held) return undefined
  const { mimeType, data, fileUri, displayName, ...others } = held
  const mediaType = string(mimeType)
  const source: Source =
    held === inlineData
      ? { kind: 'base64', mediaType, data: string(data) }
      : { kind: 'url', url: string(fileUri), ...(mediaType && { mediaType }) }
  const kept = native({ ...rest, ...(Object.keys(others).length > 0 && { [held === inlineData ? 'inlineData' : 'fileData']: others }) })
  if (mediaType.startsWith('image/')) return { type: 'image', source, ...kept }
  if (mediaType.startsWith('audio/')) return { type: 'audio', source, ...kept }
  return { type: 'file', source, ...(string(displayName) && { name: string(displayName) }), ...kept }
}

function readFunctionResponse(value: Fields, ids: CallIds): Block {
  const { id, name, response, parts, ...rest } = value
  const { text, isError } = readToolResponse(response)
  const media: (ImageBlock | FileBlock)[] = []
  for (const part of Array.isArray(parts) ? parts : []) {
    const block = isFields(part) ? readMedia(part) : undefined
    if (block) media.push(block.type === 'audio' ? { type: 'file', source: block.source } : block)
  }
  return {
    type: 'tool-result',
    callId: ids.result(string(id) || undefined, string(name)),
    name: string(name),
    blocks: [{ type: 'text', text }, ...media],
    ...(isError && { isError }),
    ...native(rest),
  }
}
