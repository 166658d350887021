import type { Budget } from './budget.ts'
import { isEqual, kindOf, numberOf, printed } from './jinja-values.ts'
import { TemplateError } from './template-error.ts'
import { isObject, itemsOf, MISSING, memberOf } from './values.ts'

type Place = { budget: Budget; line: number }

/** What an operator makes of two values; `and` and `or` are not among them, since they need not look at the second. */
export function operate(operator: string, left: unknown, right: unknown, place: Place): unknown {
  const { budget, line } = place
  switch (operator) {
    case '==':
      return isEqual(left, right, budget)
    case '!=':
      return !isEqual(left, right, budget)
    case 'in':
      return contains(right, left, place)
    case 'not in':
      return !contains(right, left, place)
    case '~':
      return joined(printed(left, budget), printed(right, budget), budget)
    case '+':
      return plus(left, right, place)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right, line)
  }
  const [a, b] = [numberOf(left, operator, line), numberOf(right, operator, line)]
  if (operator === '-') return a - b
  if (operator === '*') return a * b
  if (b === 0) throw new TemplateError('type', 'Nothing can be divided by zero.', { line })
  if (operator === '/') return a / b
  return operator === '//' ? Math.floor(a / b) : a - b * Math.floor(a / b)
}

function joined(one: string, other: string, budget: Budget): string {
  budget.wrote(one.length + other.length)
  return one + other
}

function plus(left: unknown, right: unknown, { budget, line }: Place): unknown {
  if (typeof left === 'string' && typeof right === 'string') return joined(left, right, budget)
  if (Array.isArray(left) && Array.isArray(right)) {
    budget.wrote(left.length + right.length)
    return [...itemsOf(left, budget), ...itemsOf(right, budget)]
  }
  if (typeof left === 'string' || typeof right === 'string')
    throw new TemplateError('type', `A text and ${kindOf(typeof left === 'string' ? right : left)} are joined by ~ and not by +.`, { line })
  return numberOf(left, '+', line) + numberOf(right, '+', line)
}

function compare(operator: string, left: unknown, right: unknown, line: number): boolean {
  const areTexts = typeof left === 'string' && typeof right === 'string'
  const [a, b] = areTexts ? [left, right] : [numberOf(left, operator, line), numberOf(right, operator, line)]
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

function contains(holder: unknown, value: unknown, { budget, line }: Place): boolean {
  if (typeof holder === 'string' && typeof value === 'string') return holder.includes(value)
  if (Array.isArray(holder)) return itemsOf(holder, budget).some((item) => isEqual(item, value, budget))
  if (isObject(holder)) return typeof value === 'string' && memberOf(holder, value) !== MISSING
  if (holder === MISSING) return false
  throw new TemplateError('type', `Nothing is "in" ${kindOf(holder)}.`, { line })
}
