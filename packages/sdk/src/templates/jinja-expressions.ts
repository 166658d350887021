import { LIMITS } from './budget.ts'
import { FILTERS, TESTS } from './jinja-filters.ts'
import type { Token } from './jinja-lex.ts'
import { TemplateError } from './template-error.ts'
import { safeName } from './values.ts'

export type Expression = { line: number } & (
  | { type: 'value'; value: string | number | boolean | null }
  | { type: 'name'; name: string }
  | { type: 'member'; of: Expression; name: string }
  | { type: 'index'; of: Expression; index: Expression }
  | { type: 'list'; items: Expression[] }
  | { type: 'object'; members: [Expression, Expression][] }
  | { type: 'filter'; name: string; of: Expression; values: Expression[]; named: Record<string, Expression> }
  | { type: 'test'; name: string; of: Expression; values: Expression[] }
  | { type: 'not' | 'minus'; of: Expression }
  | { type: 'operation'; operator: string; left: Expression; right: Expression }
  | { type: 'choice'; when: Expression; value: Expression; otherwise: Expression | undefined }
)

/** From what binds least to what binds most. */
const LEVELS = [['or'], ['and'], ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'], ['~'], ['+', '-'], ['*', '/', '//', '%']] as const
/** `not` stands above comparisons. */
const COMPARISONS = 2
const CONSTANTS: Record<string, boolean | null> = { true: true, True: true, false: false, False: false, none: null, None: null }
const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else'])

/** Reads the expressions of one tag. */
export class ExpressionReader {
  readonly #tokens: readonly Token[]
  readonly #line: number
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], line: number) {
    this.#tokens = tokens
    this.#line = line
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length
  }

  fail(message: string): TemplateError {
    return new TemplateError('syntax', message, { line: this.#line })
  }

  takes(text: string): boolean {
    const token = this.#tokens[this.#at]
    if (!token || token.text !== text || token.type === 'string') return false
    this.#at++
    return true
  }

  needs(text: string): void {
    if (!this.takes(text))
      throw this.fail(`"${text}" is missing${this.isAtEnd ? ' at the end' : ` before "${this.#tokens[this.#at]?.text}"`}.`)
  }

  name(): string {
    const token = this.#tokens[this.#at++]
    if (token?.type !== 'name') throw this.fail(`A name is missing${token ? ` before "${token.text}"` : ' at the end'}.`)
    return safeName(token.text, this.#line)
  }

  end(): void {
    if (!this.isAtEnd) throw this.fail(`"${this.#tokens[this.#at]?.text}" is not expected here.`)
  }

  /** `without`: not the choice `a if b`, where an `if` means something else. */
  expression({ without = false } = {}): Expression {
    this.#depth++
    if (this.#depth > LIMITS.depth) throw new TemplateError('limit', `Brackets are more than ${LIMITS.depth} deep.`, { line: this.#line })
    let value = this.#level(0)
    if (!without && this.takes('if')) {
      const when = this.#level(0)
      value = { type: 'choice', when, value, otherwise: this.takes('else') ? this.expression() : undefined, line: this.#line }
    }
    this.#depth--
    return value
  }

  #level(level: number): Expression {
    const operators: readonly string[] | undefined = LEVELS[level]
    if (!operators) return this.#unary()
    if (level === COMPARISONS && this.takes('not')) return { type: 'not', of: this.#deeper(() => this.#level(level)), line: this.#line }
    let left = this.#level(level + 1)
    for (;;) {
      const operator = this.#operator(operators)
      if (!operator) return left
      left = { type: 'operation', operator, left, right: this.#level(level + 1), line: this.#line }
      this.#chain(left)
    }
  }

  /** A long chain is as deep as it is long when it is worked out. */
  readonly #lengths = new WeakMap<Expression, number>()
  #chain(expression: Extract<Expression, { type: 'operation' }>): void {
    const length = (this.#lengths.get(expression.left) ?? 0) + 1
    if (length > 500) throw new TemplateError('limit', 'More than 500 operations are in one row.', { line: this.#line })
    this.#lengths.set(expression, length)
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > LIMITS.depth)
      throw new TemplateError('limit', `Operators are more than ${LIMITS.depth} deep.`, { line: this.#line })
    const value = read()
    this.#depth--
    return value
  }

  #operator(operators: readonly string[]): string | undefined {
    if (operators.includes('in') && this.#tokens[this.#at]?.text === 'not' && this.#tokens[this.#at + 1]?.text === 'in') {
      this.#at += 2
      return 'not in'
    }
    return operators.find((operator) => this.takes(operator))
  }

  #unary(): Expression {
    if (this.takes('-')) return { type: 'minus', of: this.#deeper(() => this.#unary()), line: this.#line }
    return this.#tail(this.#first())
  }

  #tail(first: Expression): Expression {
    const line = this.#line
    let value = first
    for (let length = 0; ; length++) {
      if (length > LIMITS.depth) throw new TemplateError('limit', `More than ${LIMITS.depth} filters and members are in one row.`, { line })
      if (this.takes('.')) value = this.#member(value)
      else if (this.takes('[')) {
        value = { type: 'index', of: value, index: this.expression(), line }
        this.needs(']')
      } else if (this.takes('|')) value = { type: 'filter', of: value, ...this.#filter(), line }
      else if (this.takes('is')) value = this.#test(value)
      else if (this.#tokens[this.#at]?.text === '(' && this.#tokens[this.#at]?.type === 'symbol')
        throw new TemplateError('unsafe', 'Nothing can be called here. Use a filter, as in {{ name|upper }}.', { line })
      else return value
    }
  }

  #member(of: Expression): Expression {
    const token = this.#tokens[this.#at]
    if (token?.type !== 'number') return { type: 'member', of, name: this.name(), line: this.#line }
    this.#at++
    return { type: 'index', of, index: { type: 'value', value: Number(token.text), line: this.#line }, line: this.#line }
  }

  #filter(): { name: string; values: Expression[]; named: Record<string, Expression> } {
    const name = this.name()
    if (!FILTERS.has(name)) throw this.fail(`There is no filter "${name}". There are ${[...FILTERS.keys()].join(', ')}.`)
    const values: Expression[] = []
    const named: Record<string, Expression> = Object.create(null)
    if (this.takes('(')) {
      while (!this.takes(')')) {
        const [token, next] = this.#tokens.slice(this.#at, this.#at + 2)
        if (token?.type === 'name' && next?.text === '=' && next.type === 'symbol') {
          const key = this.name()
          this.#at++
          named[key] = this.expression()
        } else values.push(this.expression())
        if (!this.takes(',')) {
          this.needs(')')
          break
        }
      }
    }
    return { name, values, named }
  }

  #test(of: Expression): Expression {
    const line = this.#line
    const isNot = this.takes('not')
    const name = this.takes('None') || this.takes('none') ? 'none' : this.name()
    if (!TESTS.has(name)) throw this.fail(`There is no test "${name}". There are ${[...TESTS.keys()].join(', ')}.`)
    const test: Expression = { type: 'test', name, of, values: [], line }
    return isNot ? { type: 'not', of: test, line } : test
  }

  #first(): Expression {
    const line = this.#line
    const token = this.#tokens[this.#at++]
    if (!token) throw this.fail('A value is missing at the end.')
    if (token.type === 'string') return { type: 'value', value: token.text, line }
    if (token.type === 'number') return { type: 'value', value: Number(token.text), line }
    if (token.type === 'name') {
      if (Object.hasOwn(CONSTANTS, token.text)) return { type: 'value', value: CONSTANTS[token.text] as boolean | null, line }
      if (WORDS.has(token.text)) throw this.fail(`"${token.text}" is not expected here.`)
      return { type: 'name', name: safeName(token.text, line), line }
    }
    if (token.text === '(') {
      const value = this.expression()
      this.needs(')')
      return value
    }
    if (token.text === '[') return { type: 'list', items: this.#items(']', () => this.expression()), line }
    if (token.text === '{') {
      const members = this.#items('}', (): [Expression, Expression] => {
        const key = this.expression()
        this.needs(':')
        return [key, this.expression()]
      })
      return { type: 'object', members, line }
    }
    throw this.fail(`"${token.text}" is not expected here.`)
  }

  #items<T>(close: string, read: () => T): T[] {
    const items: T[] = []
    while (!this.takes(close)) {
      items.push(read())
      if (!this.takes(',')) {
        this.needs(close)
        break
      }
    }
    return items
  }
}
