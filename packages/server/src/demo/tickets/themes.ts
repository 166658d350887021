import { TICKETS } from './all-tickets.ts'
import type { TicketType } from './ticket.ts'

/** What tickets are about, as a nightly job would find it: a label for each conversation, with what people wrote. */
export const THEMES: readonly { label: string; type: TicketType; samples: readonly string[] }[] = TICKETS.map(
  ({ type, subject, turns }) => ({
    label: subject,
    type,
    samples: turns.flatMap(({ says }) => says).map((text) => text.replace(/\{(\w+)\}/g, '[$1]')),
  }),
)
