import type { Dialect, ReasoningBlock } from '../language.ts'

/**
 * Proofs of other vendors in Anthropic's places, so that a client of this dialect brings them back to the vendor they came
 * from: the encrypted reasoning of Responses in `signature`, the thought signature of a Gemini call in the id of the call.
 */
const MARK = 'signalbox.'
const DIALECTS: readonly string[] = ['openai-chat', 'openai-responses', 'gemini', 'bedrock', 'cohere'] satisfies Dialect[]

/** What stands in `signature` for reasoning that is not Anthropic's. */
export function packReasoning(block: ReasoningBlock): string {
  const { origin, id, signature, encrypted, isSummary } = block
  return `${MARK}${origin}.${toUrlBase64({ id, signature, encrypted, isSummary })}`
}

/** The reasoning of another vendor in a `signature`; `undefined` where the signature is Anthropic's own. */
export function unpackReasoning(text: string, signature: string): ReasoningBlock | undefined {
  if (!signature.startsWith(MARK)) return undefined
  const [origin = '', packed = ''] = signature.slice(MARK.length).split('.')
  const kept = fromUrlBase64(packed)
  if (!DIALECTS.includes(origin) || !kept) return undefined
  return {
    type: 'reasoning',
    text,
    origin: origin as Dialect,
    ...(typeof kept.isSummary === 'boolean' && { isSummary: kept.isSummary }),
    ...(typeof kept.signature === 'string' && { signature: kept.signature }),
    ...(typeof kept.encrypted === 'string' && { encrypted: kept.encrypted }),
    ...(typeof kept.id === 'string' && { id: kept.id }),
  }
}

type CallProof = { dialect: Dialect; value: string }

const ID_MARK = '__sbsig_'

/** The id of a tool call with its proof behind it, in the letters that an id may have. */
export function packCallId(id: string, proof: CallProof | undefined): string {
  return proof === undefined || proof.dialect === 'anthropic' ? id : `${id}${ID_MARK}${toUrlBase64([proof.dialect, proof.value])}`
}

/** The id of a tool call and the proof that was packed with it. */
export function unpackCallId(packed: string): { id: string; signature?: CallProof } {
  const at = packed.lastIndexOf(ID_MARK)
  if (at < 0) return { id: packed }
  const kept = fromUrlBase64(packed.slice(at + ID_MARK.length))
  if (!Array.isArray(kept) || !DIALECTS.includes(kept[0]) || typeof kept[1] !== 'string') return { id: packed }
  return { id: packed.slice(0, at), signature: { dialect: kept[0] as Dialect, value: kept[1] } }
}

const toUrlBase64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function fromUrlBase64(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
