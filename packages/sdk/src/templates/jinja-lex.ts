import { LineCount, TemplateError } from './template-error.ts'

export type Token = { type: 'name' | 'string' | 'number' | 'symbol'; text: string; line: number }
/** A template in pieces: text, `{{ … }}` and `{% … %}`, comments gone and whitespace cut where `-` says so. */
export type Piece = { kind: 'text'; text: string; line: number } | { kind: 'value'; tokens: Token[]; line: number } | TagPiece
export type TagPiece = { kind: 'tag'; tokens: Token[]; line: number }

const CLOSE = { '{{': '}}', '{%': '%}', '{#': '#}' } as const
const SPACE = /\s+/y
const NUMBER = /\d+(?:\.\d+)?/y
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const SYMBOL = /==|!=|<=|>=|\/\/|\*\*|[-+*/%~|.,:()[\]{}<>=]/y
const RAW = /\{%-?\s*raw\s*-?%\}/y
const END_RAW = /\{%-?\s*endraw\s*-?%\}/g

export function lexJinja(text: string): Piece[] {
  const pieces: Piece[] = []
  const lines = new LineCount(text)
  let at = 0
  let cutNext = false

  const literal = (piece: string, line: number, cutEnd: boolean) => {
    let kept = cutNext ? piece.trimStart() : piece
    if (cutEnd) kept = kept.trimEnd()
    if (kept !== '') pieces.push({ kind: 'text', text: kept, line })
  }
  for (;;) {
    const start = nextTag(text, at)
    if (start < 0) break
    const open = text.slice(start, start + 2) as keyof typeof CLOSE
    const line = lines.at(start)
    literal(text.slice(at, start), line, text[start + 2] === '-')
    cutNext = false
    if (open === '{#') {
      const close = text.indexOf('#}', start + 2)
      if (close < 0) throw new TemplateError('syntax', 'A comment is not closed by #}.', { line })
      cutNext = text[close - 1] === '-'
      at = close + 2
      continue
    }
    RAW.lastIndex = start
    const raw = open === '{%' ? RAW.exec(text) : null
    if (raw) {
      END_RAW.lastIndex = RAW.lastIndex
      const end = END_RAW.exec(text)
      if (!end) throw new TemplateError('syntax', '{% raw %} is not closed by {% endraw %}.', { line })
      cutNext = raw[0].endsWith('-%}')
      literal(text.slice(start + raw[0].length, end.index), line, end[0].startsWith('{%-'))
      cutNext = end[0].endsWith('-%}')
      at = end.index + end[0].length
      continue
    }
    const { tokens, end, cut } = lexTag(text, start, { close: CLOSE[open], line })
    pieces.push({ kind: open === '{{' ? 'value' : 'tag', tokens, line })
    cutNext = cut
    at = end
  }
  literal(text.slice(at), lines.at(text.length), false)
  return pieces
}

function nextTag(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    const second = text[at + 1]
    if (second === '{' || second === '%' || second === '#') return at
  }
  return -1
}

function lexTag(
  text: string,
  start: number,
  { close, line }: { close: string; line: number },
): { tokens: Token[]; end: number; cut: boolean } {
  const tokens: Token[] = []
  let braces = 0
  let at = start + 2
  if (text[at] === '-' || text[at] === '+') at++
  for (;;) {
    at = skip(SPACE, text, at)
    if (at >= text.length) throw new TemplateError('syntax', `${text.slice(start, start + 20)} is not closed by ${close}.`, { line })
    if (braces === 0 && text.startsWith(close, at)) return { tokens, end: at + 2, cut: false }
    if (braces === 0 && text[at] === '-' && text.startsWith(close, at + 1)) return { tokens, end: at + 3, cut: true }
    const char = text[at] as string
    if (char === '"' || char === "'") {
      const string = stringAt(text, at, line)
      tokens.push({ type: 'string', text: string.value, line })
      at = string.end
      continue
    }
    const [type, end] = tokenAt(text, at)
    if (!type) throw new TemplateError('syntax', `"${char}" means nothing here.`, { line })
    const token = text.slice(at, end)
    if (token === '{') braces++
    if (token === '}') braces--
    tokens.push({ type, text: token, line })
    at = end
  }
}

function tokenAt(text: string, at: number): ['name' | 'number' | 'symbol' | undefined, number] {
  for (const [type, pattern] of [
    ['number', NUMBER],
    ['name', NAME],
    ['symbol', SYMBOL],
  ] as const) {
    const end = skip(pattern, text, at)
    if (end > at) return [type, end]
  }
  return [undefined, at]
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' }

function stringAt(text: string, start: number, line: number): { value: string; end: number } {
  const quote = text[start]
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] as string
    if (char === quote) return { value, end: at + 1 }
    if (char === '\\') {
      at++
      value += ESCAPES[text[at] ?? ''] ?? `\\${text[at] ?? ''}`
    } else value += char
  }
  throw new TemplateError('syntax', 'A string is not closed.', { line })
}
