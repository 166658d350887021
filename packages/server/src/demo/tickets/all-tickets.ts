import { CANCELLATION } from './cancellation.ts'
import { DELIVERY } from './delivery.ts'
import { INVOICE } from './invoice.ts'
import { LOGIN } from './login.ts'
import { REFUND } from './refund.ts'
import type { Ticket } from './ticket.ts'

/** Every conversation that the demo can play. */
export const TICKETS: readonly Ticket[] = [...REFUND, ...DELIVERY, ...INVOICE, ...LOGIN, ...CANCELLATION]
