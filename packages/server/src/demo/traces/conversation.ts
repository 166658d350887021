import type { Random } from '../random.ts'
import { TICKETS } from '../tickets/all-tickets.ts'
import { fill } from '../tickets/fill.ts'
import { APOLOGIES, FOLLOW_UPS } from '../tickets/phrases.ts'
import type { Ticket, TicketType, Turn } from '../tickets/ticket.ts'
import { type Order, type OrderState, order } from '../world/catalogue.ts'
import type { Customer } from '../world/customers.ts'
import { type Language, REGIONS } from '../world/languages.ts'

export type Conversation = {
  id: string
  customer: Customer
  language: Language
  type: TicketType
  order: Order
  /** Hexadecimal: what references of refunds, cases and confirmations are made of. */
  reference: string
  environment: 'production' | 'staging'
  channel: 'web' | 'app' | 'email'
  turns: Exchange[]
  apology: string
}
/** One turn with its wording chosen and its facts filled in. */
export type Exchange = Pick<Turn, 'articles' | 'tools' | 'hard'> & { says: string; answer: string }

const MOST_TURNS = 6
const TYPE_WEIGHTS: Record<TicketType, number> = { refund: 28, delivery: 30, invoice: 15, login: 15, cancellation: 12 }

/** Who writes, about what, and how it goes: one to six turns. `now` in milliseconds since 1970, for the dates of the order. */
export function conversation(random: Random, options: { people: readonly Customer[]; now: number }): Conversation {
  // Some customers write far more often than others.
  const customer = options.people[Math.floor(random.next() ** 1.7 * options.people.length)] ?? random.pick(options.people)
  const { language } = REGIONS[customer.region]
  const wanted = random.weighted(TYPE_WEIGHTS)
  const spoken = TICKETS.filter((ticket) => ticket.language === language)
  const ofType = spoken.filter((ticket) => ticket.type === wanted)
  const ticket = random.pick(ofType.length > 0 ? ofType : spoken)
  const about = { customer, order: order(random, customer, { state: stateFor(ticket), now: options.now }), reference: random.hex(8) }
  const exchange = ({ says, answers, ...rest }: Turn): Exchange => ({
    ...rest,
    says: fill(random.pick(says), about),
    answer: fill(random.pick(answers), about),
  })
  const kept = ticket.turns.filter((_, index) => index === 0 || !random.chance(0.1))
  const more = Number(random.weighted({ 0: 52, 1: 30, 2: 12, 3: 6 }))
  const followUps = new Set(Array.from({ length: more }, () => random.pick(FOLLOW_UPS[language])))
  return {
    id: `conv_${random.hex(12)}`,
    ...about,
    language,
    type: ticket.type,
    environment: random.chance(0.07) ? 'staging' : 'production',
    channel: random.weighted({ web: 60, app: 28, email: 12 }),
    turns: [...kept, ...followUps].slice(0, MOST_TURNS).map(exchange),
    apology: fill(APOLOGIES[language], about),
  }
}

/** Where the order must be for the conversation to make sense. */
function stateFor({ type, turns }: Ticket): OrderState {
  if (turns.some(({ tools }) => tools?.includes('update_address'))) return 'preparing'
  return type === 'delivery' && turns[0]?.articles[0] !== 'parcel-missing' ? 'in_transit' : 'delivered'
}
