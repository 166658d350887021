import { LIMITS } from './budget.ts'
import { VariableList } from './template.ts'
import { LineCount, TemplateError } from './template-error.ts'
import { safeName } from './values.ts'

/** A name as a path: `customer.name` is two, `.` (what the section is about) is none. */
export type Path = readonly string[]
export type MustacheNode = string | { path: Path; line: number; section?: 'if' | 'unless'; nodes?: MustacheNode[] }

/** Whatever a person may call a variable. What JSON or other languages put between braces is none. */
const NAME = /^[^\s"'`{}()[\]<>|,;:#^&!=/]+(?: [^\s"'`{}()[\]<>|,;:#^&!=/]+)*$/

type Open = { name: string; nodes: MustacheNode[]; line: number }

/** Reads a text of Mustache. Throws `TemplateError` with the line. */
export function parseMustache(text: string): { nodes: MustacheNode[]; variables: VariableList } {
  const variables = new VariableList()
  const root: MustacheNode[] = []
  const open: Open[] = []
  let nodes = root
  let [before, after] = ['{{', '}}']
  let at = 0
  const lines = new LineCount(text)

  const literal = (piece: string) => {
    if (piece !== '') nodes.push(piece)
  }
  for (;;) {
    const start = text.indexOf(before, at)
    if (start < 0) break
    const line = lines.at(start)
    const fail = (message: string) => new TemplateError('syntax', message, { line })
    const isTriple = before === '{{' && text[start + 2] === '{'
    const kind = isTriple ? '&' : (text[start + before.length] ?? '')
    const isKind = '#^/!>&='.includes(kind) && kind !== ''
    const closing = isTriple ? '}}}' : kind === '=' ? `=${after}` : after
    const from = start + before.length + (isKind || isTriple ? 1 : 0)
    const close = text.indexOf(closing, from)
    if (close < 0) throw fail(`${text.slice(start, start + 20)} is not closed by ${closing}.`)
    const content = text.slice(from, close).trim()
    let end = close + closing.length
    let until = start
    if ('#^/!='.includes(kind) && kind !== '') {
      const alone = ownLine(text, start, end)
      if (alone) {
        until = alone.from
        end = alone.to
      }
    }
    literal(text.slice(at, Math.max(at, until)))
    at = end
    if (kind === '!') continue
    if (kind === '=') {
      const [first, second, more] = content.split(/\s+/)
      if (!first || !second || more !== undefined || /[=\s]/.test(first + second)) throw fail('Delimiters are changed by {{=<% %>=}}.')
      before = first
      after = second
      continue
    }
    if (kind === '>') throw fail(`The fragment "${content}" was not put in: there is none.`)
    if (kind === '/') {
      const last = open.pop()
      if (!last || last.name !== content)
        throw fail(last ? `{{/${content}}} closes {{#${last.name}}} of line ${last.line}.` : `{{/${content}}} closes nothing.`)
      nodes = open.at(-1)?.nodes ?? root
      continue
    }
    const path = pathOf(content, line)
    if (kind === '#' || kind === '^') {
      const inner: MustacheNode[] = []
      variables.add(path, { isOptional: true, isMaybe: open.length > 0 })
      nodes.push({ path, line, section: kind === '#' ? 'if' : 'unless', nodes: inner })
      open.push({ name: content, nodes: inner, line })
      if (open.length > LIMITS.depth) throw new TemplateError('limit', `Sections are more than ${LIMITS.depth} levels deep.`, { line })
      nodes = inner
      continue
    }
    variables.add(path, { isMaybe: open.length > 0 })
    nodes.push({ path, line })
  }
  literal(text.slice(at))
  const last = open.at(-1)
  if (last) throw new TemplateError('syntax', `{{#${last.name}}} is not closed.`, { line: last.line })
  return { nodes: root, variables }
}

function pathOf(name: string, line: number): Path {
  if (name === '.') return []
  const path = name.split('.')
  if (!NAME.test(name) || path.includes(''))
    throw new TemplateError(
      'syntax',
      `"${name.slice(0, 60)}" is no name of a variable. For braces as text, change the delimiters: {{=<% %>=}}.`,
      {
        line,
      },
    )
  for (const part of path) safeName(part, line)
  return path
}

/** A tag that is alone in its line takes the line with it. */
function ownLine(text: string, start: number, end: number): { from: number; to: number } | undefined {
  let from = start
  while (from > 0 && (text[from - 1] === ' ' || text[from - 1] === '\t')) from--
  if (from > 0 && text[from - 1] !== '\n') return undefined
  let to = end
  while (text[to] === ' ' || text[to] === '\t' || text[to] === '\r') to++
  if (to < text.length && text[to] !== '\n') return undefined
  return { from, to: Math.min(to + 1, text.length) }
}
