import { LIMITS } from './budget.ts'
import { type Expression, ExpressionReader } from './jinja-expressions.ts'
import { lexJinja, type Piece, type TagPiece } from './jinja-lex.ts'
import { TemplateError } from './template-error.ts'

export type JinjaNode =
  | string
  | { type: 'value'; value: Expression }
  | { type: 'if'; branches: { when: Expression | undefined; nodes: JinjaNode[] }[] }
  | {
      type: 'for'
      names: string[]
      over: Expression
      where: Expression | undefined
      nodes: JinjaNode[]
      otherwise: JinjaNode[]
      line: number
    }
  | { type: 'set'; name: string; value: Expression }

/** Reads a text of the subset of Jinja that is supported. Throws `TemplateError` with the line. */
export function parseJinja(text: string): JinjaNode[] {
  // Jinja itself leaves the last line break of a template out.
  const pieces = lexJinja(text.replace(/\r?\n$/, ''))
  const reader = new Pieces(pieces)
  const nodes = reader.until([], 0)
  return nodes
}

/** What Jinja has and this subset has not, each with what to do instead. */
const ABSENT: Record<string, string> = {
  macro: 'Write a fragment',
  call: 'Write a fragment',
  include: 'Use a fragment: {{> name@label}}',
  import: 'Use a fragment: {{> name@label}}',
  from: 'Use a fragment: {{> name@label}}',
  extends: 'Use a fragment: {{> name@label}}',
  block: 'Use a fragment: {{> name@label}}',
}

class Pieces {
  readonly #pieces: readonly Piece[]
  #at = 0

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  /** The nodes up to a tag of one of these names, which is the next piece then; up to the end where there are none. */
  until(ends: readonly string[], depth: number): JinjaNode[] {
    const nodes: JinjaNode[] = []
    for (;;) {
      const piece = this.#pieces[this.#at]
      if (!piece) {
        if (ends.length > 0) throw new TemplateError('syntax', `{% ${ends.at(-1)} %} is missing at the end.`)
        return nodes
      }
      if (depth > LIMITS.depth) throw new TemplateError('limit', `Blocks are more than ${LIMITS.depth} levels deep.`, { line: piece.line })
      if (piece.kind === 'tag' && ends.includes(piece.tokens[0]?.text ?? '')) return nodes
      this.#at++
      if (piece.kind === 'text') nodes.push(piece.text)
      else if (piece.kind === 'value') nodes.push({ type: 'value', value: whole(new ExpressionReader(piece.tokens, piece.line)) })
      else nodes.push(this.#block(piece, depth))
    }
  }

  #block({ tokens, line }: TagPiece, depth: number): JinjaNode {
    const name = tokens[0]?.text ?? ''
    const reader = new ExpressionReader(tokens.slice(1), line)
    if (name === 'if') return this.#if(reader, depth)
    if (name === 'for') return this.#for(reader, { depth, line })
    if (name === 'set') {
      const variable = reader.name()
      reader.needs('=')
      return { type: 'set', name: variable, value: whole(reader) }
    }
    const instead = Object.hasOwn(ABSENT, name) ? ` ${ABSENT[name]}.` : ' There are if, for, set and raw.'
    throw new TemplateError('syntax', `{% ${name} %} is not supported${/^(end|el)/.test(name) ? ' here' : ''}.${instead}`, { line })
  }

  #if(reader: ExpressionReader, depth: number): JinjaNode {
    const branches: { when: Expression | undefined; nodes: JinjaNode[] }[] = []
    let when: Expression | undefined = whole(reader)
    for (;;) {
      const isLast = when === undefined
      branches.push({ when, nodes: this.until(isLast ? ['endif'] : ['elif', 'else', 'endif'], depth + 1) })
      const { name, reader: next } = this.#end()
      if (name !== 'elif') next.end()
      if (name === 'endif') return { type: 'if', branches }
      when = name === 'elif' ? whole(next) : undefined
    }
  }

  #for(reader: ExpressionReader, { depth, line }: { depth: number; line: number }): JinjaNode {
    const names = [reader.name()]
    while (reader.takes(',')) names.push(reader.name())
    reader.needs('in')
    const over = reader.expression({ without: true })
    const where = reader.takes('if') ? reader.expression({ without: true }) : undefined
    reader.end()
    const nodes = this.until(['else', 'endfor'], depth + 1)
    const { name, reader: next } = this.#end()
    next.end()
    const otherwise = name === 'else' ? this.until(['endfor'], depth + 1) : []
    if (name === 'else') this.#end().reader.end()
    return { type: 'for', names, over, where, nodes, otherwise, line }
  }

  #end(): { name: string; reader: ExpressionReader } {
    const piece = this.#pieces[this.#at++] as TagPiece
    return { name: piece.tokens[0]?.text ?? '', reader: new ExpressionReader(piece.tokens.slice(1), piece.line) }
  }
}

function whole(reader: ExpressionReader): Expression {
  const expression = reader.expression()
  reader.end()
  return expression
}
