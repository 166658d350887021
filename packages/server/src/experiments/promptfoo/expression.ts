import { AppError } from '@signalbox/schema/errors'

/** A number from the values that names stand for. */
export type Expression = (values: Readonly<Record<string, number>>) => number

const FUNCTIONS: Record<string, (...args: number[]) => number> = {
  abs: Math.abs,
  ceil: Math.ceil,
  exp: Math.exp,
  floor: Math.floor,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  max: Math.max,
  min: Math.min,
  mean: (...args) => args.reduce((sum, one) => sum + one, 0) / args.length,
  pow: (base, power = 1) => (base ?? 0) ** power,
  round: (value = 0, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits,
  sqrt: Math.sqrt,
  sum: (...args) => args.reduce((sum, one) => sum + one, 0),
}
const CONSTANTS: Record<string, number> = { pi: Math.PI, e: Math.E }

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*(?:-[A-Za-z_]\w*)*)|(<=|>=|==|!=|[-+*/%^(),<>?:]))/y

/**
 * Arithmetic as formulas of metrics have it: numbers, names, `+ - * / % ^`, comparisons (1 or 0), `a ? b : c`, and some functions. It is read
 * once and never run as a program. A name with a dash is one name where there is such a metric, else a difference.
 */
export function readExpression(text: string, where: string): Expression {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let at = 0; at < text.trimEnd().length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    if (!found) throw wrong(where, `${JSON.stringify(text.slice(at, at + 10))} is not known`)
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '')
  }
  const reader = new Reader(tokens, where)
  const result = reader.choice()
  if (reader.next !== undefined) throw wrong(where, `nothing is expected at "${reader.next}"`)
  return result
}

const wrong = (where: string, what: string): AppError =>
  new AppError('invalid-request', `${where} is no formula: ${what}.`, {
    hint: `Write arithmetic over metrics, such as 2 * hits / (2 * hits + misses). Functions: ${Object.keys(FUNCTIONS).join(', ')}.`,
  })

const OPERATORS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
}
/** From what binds least to what binds most. */
const LEVELS = [
  ['<', '>', '<=', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/', '%'],
]

class Reader {
  readonly #tokens: readonly string[]
  readonly #where: string
  #at = 0
  #depth = 0

  constructor(tokens: readonly string[], where: string) {
    this.#tokens = tokens
    this.#where = where
  }

  get next(): string | undefined {
    return this.#tokens[this.#at]
  }

  choice(): Expression {
    if (++this.#depth > 100) throw wrong(this.#where, 'it is nested too deeply')
    const condition = this.#level(0)
    let result = condition
    if (this.#takes('?')) {
      const yes = this.choice()
      this.#expect(':')
      const no = this.choice()
      result = (values) => (condition(values) !== 0 ? yes(values) : no(values))
    }
    this.#depth--
    return result
  }

  #level(level: number): Expression {
    const operators = LEVELS[level]
    if (!operators) return this.#sign()
    let left = this.#level(level + 1)
    for (let found = this.next; found !== undefined && operators.includes(found); found = this.next) {
      this.#at++
      const [one, other, run] = [left, this.#level(level + 1), OPERATORS[found] as (a: number, b: number) => number]
      left = (values) => run(one(values), other(values))
    }
    return left
  }

  #sign(): Expression {
    if (this.#takes('-')) {
      const inner = this.#sign()
      return (values) => -inner(values)
    }
    if (this.#takes('+')) return this.#sign()
    const base = this.#value()
    if (!this.#takes('^')) return base
    const power = this.#sign()
    return (values) => base(values) ** power(values)
  }

  #value(): Expression {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw wrong(this.#where, 'it ends too early')
    if (token === '(') {
      const inner = this.choice()
      this.#expect(')')
      return inner
    }
    if (/^[\d.]/.test(token)) return () => Number(token)
    if (!/^[A-Za-z_]/.test(token)) throw wrong(this.#where, `"${token}" stands where a number is expected`)
    if (this.next === '(') return this.#call(token)
    return (values) => named(token, values)
  }

  #call(name: string): Expression {
    const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (!run) throw wrong(this.#where, `there is no function ${name}`)
    this.#expect('(')
    const args: Expression[] = []
    while (!this.#takes(')')) {
      if (args.length > 0) this.#expect(',')
      args.push(this.choice())
    }
    return (values) => run(...args.map((arg) => arg(values)))
  }

  #takes(token: string): boolean {
    if (this.next !== token) return false
    this.#at++
    return true
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw wrong(this.#where, `"${token}" is missing`)
  }
}

/** What nothing was scored of has no number, and neither has what is worked out from it. */
function named(name: string, values: Readonly<Record<string, number>>): number {
  if (Object.hasOwn(values, name)) return values[name] ?? Number.NaN
  const parts = name.split('-')
  if (parts.length > 1) return parts.map((part) => named(part, values)).reduce((one, other) => one - other)
  return CONSTANTS[name] ?? Number.NaN
}
