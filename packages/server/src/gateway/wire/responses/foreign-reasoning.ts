import type { Dialect, ReasoningBlock } from '../language.ts'
import { parseObject, textOf } from './json.ts'

const PREFIX = 'signalbox:'

/**
 * The proofs of another vendor (Anthropic's signature, Gemini's for a tool call) as the `encrypted_content` of a reasoning
 * item. A Responses client sends reasoning items back as they are, so the vendor gets its proof again with the next turn,
 * and OpenAI never sees an item that it did not make.
 */
export type ForeignProof = {
  origin: Dialect
  signature?: string
  encrypted?: string
  /** The proof belongs to the tool call of this id. */
  callId?: string
}

export const wrapProof = (proof: ForeignProof): string => PREFIX + JSON.stringify(proof)

/** The proof in an `encrypted_content`, `undefined` where it is OpenAI's own. */
export function unwrapProof(encrypted: string): ForeignProof | undefined {
  if (!encrypted.startsWith(PREFIX)) return undefined
  const found = parseObject(encrypted.slice(PREFIX.length))
  if (!found || !DIALECTS.has(textOf(found.origin))) return undefined
  return {
    origin: found.origin as Dialect,
    ...(typeof found.signature === 'string' && { signature: found.signature }),
    ...(typeof found.encrypted === 'string' && { encrypted: found.encrypted }),
    ...(typeof found.callId === 'string' && { callId: found.callId }),
  }
}

export const proofOf = (block: ReasoningBlock): ForeignProof => ({
  origin: block.origin,
  ...(block.signature !== undefined && { signature: block.signature }),
  ...(block.encrypted !== undefined && { encrypted: block.encrypted }),
})

const DIALECTS = new Set<string>(['openai-chat', 'anthropic', 'gemini', 'bedrock', 'cohere'] satisfies Dialect[])
