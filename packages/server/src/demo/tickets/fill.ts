import type { Order } from '../world/catalogue.ts'
import type { Customer } from '../world/customers.ts'

/** Puts the facts of a case into a text; a name in braces that is none of them is an error. */
export function fill(text: string, about: { customer: Customer; order: Order; reference: string }): string {
  const { customer, order, reference } = about
  const facts: Record<string, string> = {
    first: customer.first,
    name: customer.name,
    city: customer.city,
    order: order.id,
    item: order.item,
    amount: order.amount,
    carrier: order.carrier,
    tracking: order.tracking,
    card: order.card,
    ordered: order.orderedOn,
    invoice: order.invoice,
    reference: reference.toUpperCase(),
  }
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name]
    if (fact === undefined) throw new Error(`The template names {${name}}, which is not a fact of a case: ${text}`)
    return fact
  })
}
