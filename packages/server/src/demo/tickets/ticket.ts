import type { ArticleId } from '../world/knowledge.ts'
import type { Language } from '../world/languages.ts'
import type { ToolName } from '../world/tools.ts'

export const TICKET_TYPES = ['refund', 'delivery', 'invoice', 'login', 'cancellation'] as const
export type TicketType = (typeof TICKET_TYPES)[number]

/**
 * What a customer writes and what the copilot answers, once. `says` and `answers` are wordings of the same thing.
 * In braces: `first, name, order, item, amount, city, carrier, tracking, card, ordered, invoice, reference`.
 */
export type Turn = {
  says: readonly string[]
  answers: readonly string[]
  /** The articles that the answer stands on, best first. */
  articles: readonly ArticleId[]
  tools?: readonly ToolName[]
  /** Goes to a strong model, because it is hard or because it is about to leave the copilot's hands. */
  hard?: boolean
}

/** `subject`: what a colleague would write over it. */
export type Ticket = { type: TicketType; language: Language; subject: string; turns: readonly Turn[] }
