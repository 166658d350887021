import type { Block } from '../language.ts'
import { pick } from './decode-item.ts'
import type { Json } from './json.ts'
import { DIALECT, keepNative } from './native.ts'

/** What a part of an item holds. */
export type Kind = 'text' | 'refusal' | 'summary' | 'reasoning' | 'call'
/** A part of an item, and the block it became. */
export type Part = {
  index: number
  block: Block | undefined
  /** How much of its text has passed. */
  seen: number
  citations: number
  isOpen: boolean
  isEnded: boolean
}
/** An item of the output while it comes. */
export type Item = { type: string; about: Json; parts: Map<string, Part>; isDone: boolean }

export const closedPart = (): Part => ({ index: -1, block: undefined, seen: 0, citations: 0, isOpen: false, isEnded: false })

/** The type of the item that has parts of a kind. */
export const ITEM_OF_KIND: Record<Kind, string> = {
  text: 'message',
  refusal: 'message',
  summary: 'reasoning',
  reasoning: 'reasoning',
  call: 'function_call',
}

/** The empty block that a part begins with. */
export function blockOf(kind: Kind, about: Json): Block {
  const id = typeof about.id === 'string' && { id: about.id }
  if (kind === 'summary') return { type: 'reasoning', text: '', isSummary: true, ...id, origin: DIALECT }
  if (kind === 'reasoning') return { type: 'reasoning', text: '', ...id, origin: DIALECT }
  if (kind === 'refusal') return { type: 'refusal', text: '', ...keepNative(pick(about, ['id', 'phase'])) }
  if (kind === 'call') return { type: 'tool-call', id: '', name: '', arguments: '' }
  return { type: 'text', text: '', ...keepNative(pick(about, ['id', 'phase'])) }
}
