import type { Block, Dialect, OpaqueBlock, ReasoningBlock } from '../language.ts'
import { isObject, type Json, textOr } from './check.ts'

/**
 * Signed and encrypted thoughts in chat, as OpenRouter writes them: `reasoning_details`, one entry per block with its vendor's
 * format. A chat client that sends them back keeps the proof of its reasoning across turns.
 * https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
 */
const FORMATS = {
  'anthropic-claude-v1': 'anthropic',
  'openai-responses-v1': 'openai-responses',
  'google-gemini-v1': 'gemini',
  // Ours, since OpenRouter has no word for it.
  'bedrock-converse-v1': 'bedrock',
  unknown: 'openai-chat',
} as const satisfies Record<string, Dialect>
const FORMAT_OF = new Map<Dialect, string>(Object.entries(FORMATS).map(([format, dialect]) => [dialect, format]))

/** The blocks of `reasoning_details`; entries of an unknown type or format stay opaque. */
export function decodeDetails(details: unknown[]): Block[] {
  return details.map((detail): Block => {
    const block = isObject(detail) ? reasoningOf(detail) : undefined
    return block ?? opaqueDetails([detail])
  })
}

export const opaqueDetails = (value: unknown[]): OpaqueBlock => ({
  type: 'opaque',
  dialect: 'openai-chat',
  what: 'reasoning_details',
  value,
})

/** The entry for a block; undefined where the dialect of the block has no format. */
export function encodeDetail(block: ReasoningBlock, index: number): Json | undefined {
  const format = FORMAT_OF.get(block.origin)
  if (format === undefined) return undefined
  const rest = { ...(block.id !== undefined && { id: block.id }), format, index }
  if (block.encrypted !== undefined && block.text === '') return { type: 'reasoning.encrypted', data: block.encrypted, ...rest }
  if (block.isSummary) return { type: 'reasoning.summary', summary: block.text, ...rest }
  return { type: 'reasoning.text', text: block.text, ...(block.signature !== undefined && { signature: block.signature }), ...rest }
}

/** It says more than its text, which `reasoning_content` alone cannot carry. */
export const needsDetail = (block: ReasoningBlock): boolean =>
  block.signature !== undefined || block.encrypted !== undefined || block.id !== undefined || block.isSummary === true

/** Joins the fragments of a stream into `details`: by index and type, texts appended, the rest the last that was said. */
export function mergeDetails(details: Json[], fragments: unknown[]): void {
  for (const fragment of fragments) {
    if (!isObject(fragment)) continue
    const { index, type } = fragment
    const known = details.findLast((detail) => detail.type === type && (index === undefined || detail.index === index))
    const isWhole = typeof index !== 'number' && type !== 'reasoning.text'
    if (!known || isWhole) details.push({ ...fragment })
    else
      for (const [key, value] of Object.entries(fragment)) {
        if (value === null || value === undefined) continue
        known[key] = APPENDED.has(key) ? textOr(known[key]) + textOr(value) : value
      }
  }
}

const APPENDED = new Set(['text', 'summary', 'data'])

function reasoningOf(detail: Json): ReasoningBlock | undefined {
  const origin = FORMATS[textOr(detail.format, 'unknown') as keyof typeof FORMATS]
  if (origin === undefined) return undefined
  const common = { type: 'reasoning' as const, origin, ...(typeof detail.id === 'string' && { id: detail.id }) }
  if (detail.type === 'reasoning.text') {
    const signature = typeof detail.signature === 'string' ? { signature: detail.signature } : {}
    return { ...common, text: textOr(detail.text), ...signature }
  }
  if (detail.type === 'reasoning.summary') return { ...common, text: textOr(detail.summary), isSummary: true }
  if (detail.type === 'reasoning.encrypted') return { ...common, text: '', encrypted: textOr(detail.data) }
  return undefined
}
