import type { Order } from './catalogue.ts'
import type { Customer } from './customers.ts'

type Case = { customer: Customer; order: Order; reference: string; summary: string }
type Tool = {
  description: string
  parameters: Record<string, { type: 'string' | 'number'; description: string }>
  /** Milliseconds, the median. */
  takes: number
  call(about: Case): Record<string, string | number>
  result(about: Case): Record<string, unknown>
  /** What goes wrong when its service is down. */
  failure: string
}

const orderId = { order_id: { type: 'string', description: 'Order number, KO- and five digits' } } as const

/** What the copilot can do, and what comes back. */
export const TOOLS = {
  lookup_order: {
    description: 'Look up an order: items, payment, delivery state.',
    parameters: orderId,
    takes: 140,
    call: ({ order }) => ({ order_id: order.id }),
    result: ({ order, customer }) => ({
      order_id: order.id,
      customer_id: customer.id,
      status: order.state,
      ordered_on: order.orderedOn,
      delivered_on: order.deliveredOn,
      items: [{ sku: order.sku, name: order.itemEnglish, quantity: 1, price: order.price, currency: order.currency, final_sale: false }],
      payment: { method: 'card', last4: order.card, captured: true },
      shipment: order.state === 'preparing' ? null : { carrier: order.carrier, tracking: order.tracking },
    }),
    failure: 'order-service answered 503: connection pool exhausted',
  },
  track_shipment: {
    description: 'Latest scans of a parcel from the carrier.',
    parameters: { tracking: { type: 'string', description: 'Tracking number' } },
    takes: 620,
    call: ({ order }) => ({ tracking: order.tracking }),
    result: ({ order, customer }) => ({
      tracking: order.tracking,
      carrier: order.carrier,
      state: order.deliveredOn ? 'DELIVERED' : 'OUT_FOR_DELIVERY',
      scans: [
        { at: `${order.orderedOn}T18:42:00Z`, place: 'Warehouse', event: 'picked up' },
        {
          at: `${order.deliveredOn ?? order.orderedOn}T21:15:00Z`,
          place: customer.city,
          event: order.deliveredOn ? 'handed over' : 'at the delivery depot',
        },
      ],
    }),
    failure: 'carrier API answered 502 after 3 attempts',
  },
  create_refund: {
    description: 'Refund an order, or a part of it, to the original payment method.',
    parameters: {
      ...orderId,
      amount: { type: 'number', description: 'In the currency of the order' },
      reason: { type: 'string', description: 'returned, damaged, lost, duplicate, membership' },
    },
    takes: 480,
    call: ({ order }) => ({ order_id: order.id, amount: order.price, reason: 'returned' }),
    result: ({ order, reference }) => ({
      refund_id: `rf_${reference}`,
      order_id: order.id,
      amount: order.price,
      currency: order.currency,
      state: 'pending',
      expected_within_days: 5,
    }),
    failure: 'payments-service answered 409: a refund for this order is already being processed',
  },
  get_invoice: {
    description: 'Find the invoice of an order and a link to its PDF.',
    parameters: orderId,
    takes: 190,
    call: ({ order }) => ({ order_id: order.id }),
    result: ({ order }) => ({
      invoice: order.invoice,
      issued_on: order.orderedOn,
      total: order.price,
      currency: order.currency,
      pdf: `https://shop.kestrel.example/invoices/${order.invoice}.pdf`,
    }),
    failure: 'billing-service timed out after 10 s',
  },
  send_password_reset: {
    description: 'Send a password reset link to the address of the account.',
    parameters: { customer_id: { type: 'string', description: 'Customer id' } },
    takes: 230,
    call: ({ customer }) => ({ customer_id: customer.id }),
    result: ({ customer }) => ({ sent_to: masked(customer.email), valid_minutes: 30 }),
    failure: 'mail relay answered 421: too many connections',
  },
  update_address: {
    description: 'Change the delivery address of an order whose label is not printed.',
    parameters: { ...orderId, city: { type: 'string', description: 'City of the new address' } },
    takes: 260,
    call: ({ order, customer }) => ({ order_id: order.id, city: customer.city }),
    result: ({ order, customer }) => ({ order_id: order.id, changed: true, city: customer.city }),
    failure: 'warehouse answered 423: the label was printed a minute ago',
  },
  cancel_membership: {
    description: 'Cancel Kestrel Plus at the end of the paid period. Only after the customer confirmed.',
    parameters: { customer_id: { type: 'string', description: 'Customer id' } },
    takes: 310,
    call: ({ customer }) => ({ customer_id: customer.id }),
    result: ({ customer, reference }) => ({
      customer_id: customer.id,
      state: 'ends_at_period',
      confirmation: `KP-${reference.toUpperCase()}`,
    }),
    failure: 'membership-service answered 500: unexpected null in renewal date',
  },
  escalate_to_human: {
    description: 'Hand the conversation to a person, with a summary.',
    parameters: {
      queue: { type: 'string', description: 'payments, logistics, identity, retention' },
      summary: { type: 'string', description: 'Two sentences for the colleague' },
    },
    takes: 120,
    call: ({ summary }) => ({ queue: 'payments', summary }),
    result: ({ reference }) => ({ ticket: `ZD-${Number.parseInt(reference.slice(0, 5), 16)}`, queue_position: 4, answer_within_hours: 4 }),
    failure: 'help desk answered 429',
  },
} as const satisfies Record<string, Tool>
export type ToolName = keyof typeof TOOLS

/** The definitions as they are sent with every request, in the form of the GenAI conventions. */
export const TOOL_DEFINITIONS = JSON.stringify(
  Object.entries(TOOLS).map(([name, { description, parameters }]) => ({
    type: 'function',
    name,
    description,
    parameters: { type: 'object', properties: parameters, required: Object.keys(parameters), additionalProperties: false },
  })),
)

const masked = (email: string): string => email.replace(/^(.)[^@]*/, '$1•••')
