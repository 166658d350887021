import type { ReasoningBlock } from '../language.ts'
import type { Fields } from './fields.ts'
import { packReasoning } from './foreign-proof.ts'

/** Reasoning with words, not only the proof that stands with another part. */
export const isThought = (block: ReasoningBlock): boolean => block.origin !== 'gemini' || block.isSummary === true || block.text !== ''

/** What a client gets that did not ask for thoughts: the proof of another vendor, which has to come back. */
export function hiddenThought(block: ReasoningBlock): Fields | undefined {
  const hasProof = block.signature !== undefined || block.encrypted !== undefined
  if (!hasProof || block.origin === 'gemini') return undefined
  return { text: '', thought: true, thoughtSignature: packReasoning(block, { withText: true }) }
}

/** The proof of a thought whose text is out already. */
export function proofOf(block: ReasoningBlock): Fields | undefined {
  const proof = block.signature ?? block.encrypted
  if (proof === undefined) return undefined
  if (block.origin !== 'gemini') return { text: '', thought: true, thoughtSignature: packReasoning(block, { withText: true }) }
  return { text: '', ...(isThought(block) && { thought: true }), thoughtSignature: proof }
}
