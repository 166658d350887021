import type { Dialect, ReasoningBlock } from '../language.ts'
import { parseFields } from './fields.ts'

/**
 * Reasoning of another vendor in Gemini's `thoughtSignature`, which has to be base64: so a client of this dialect brings the
 * proof back, and the next call can hand it to the vendor it came from.
 */
const KEY = 'signalbox'
const HEAD = Buffer.from(`{"${KEY}"`).toString('base64url')
const DIALECTS: readonly string[] = ['openai-chat', 'openai-responses', 'anthropic', 'bedrock', 'cohere'] satisfies Dialect[]

/** What stands in `thoughtSignature` for reasoning that is not Gemini's. `text` goes along where the part does not show it. */
export function packReasoning(block: ReasoningBlock, options: { withText: boolean }): string {
  const { origin, id, signature, encrypted, isSummary, text } = block
  const packed = { [KEY]: origin, id, signature, encrypted, isSummary, text: options.withText ? text : undefined }
  return Buffer.from(JSON.stringify(packed)).toString('base64url')
}

/** The reasoning of another vendor in a signature, `undefined` where the signature is Gemini's own. */
export function unpackReasoning(text: string, signature: string): ReasoningBlock | undefined {
  if (!signature.startsWith(HEAD)) return undefined
  const kept = parseFields(Buffer.from(signature, 'base64url').toString('utf8'))
  const origin = kept?.[KEY]
  if (!kept || typeof origin !== 'string' || !DIALECTS.includes(origin)) return undefined
  return {
    type: 'reasoning',
    text: typeof kept.text === 'string' ? kept.text : text,
    origin: origin as Dialect,
    ...(typeof kept.isSummary === 'boolean' && { isSummary: kept.isSummary }),
    ...(typeof kept.signature === 'string' && { signature: kept.signature }),
    ...(typeof kept.encrypted === 'string' && { encrypted: kept.encrypted }),
    ...(typeof kept.id === 'string' && { id: kept.id }),
  }
}
