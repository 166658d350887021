import { AppError } from '@signalbox/schema'

export type Token =
  /** A name or a word of SQL, as written; `quoted` where it stood in quotes, so it is a name. */
  { kind: 'name'; text: string; quoted: boolean } | { kind: 'number' | 'string' | 'sign'; text: string; quoted?: undefined }

const SPACE = /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_])/y
const STRING = /'(?:[^'\\]|\\[\s\S]|'')*'/y
// Without escapes and signs that mean something in any quotes: what is between them is the name.
const QUOTED = /`([^`"\\\p{Cc}]{1,200})`|"([^`"\\\p{Cc}]{1,200})"/uy
const SIGN = /->|::|\|\||<=|>=|<>|!=|==|[-+*/%=<>()[\],.]/y

/**
 * SQL as tokens. Whatever is not plainly one is refused rather than guessed at: braces (parameters of the engine), `$` (its other
 * quotes), `?`, `;` but at the end, and letters beyond ASCII outside of quotes, some of which the engine takes for quotes.
 */
export function lex(sql: string): Token[] {
  const text = sql.replace(/[\s;]+$/, '')
  if (text.includes('\0')) throw refused('a zero byte')
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at += found[0].length
    return found
  }
  while (at < text.length) {
    if (take(SPACE)) continue
    const name = take(NAME)
    const quoted = name ? null : take(QUOTED)
    const string = name || quoted ? null : take(STRING)
    const number = name || quoted || string ? null : take(NUMBER)
    const sign = name || quoted || string || number ? null : take(SIGN)
    if (name) tokens.push({ kind: 'name', text: name[0], quoted: false })
    else if (quoted) tokens.push({ kind: 'name', text: quoted[1] ?? quoted[2] ?? '', quoted: true })
    else if (string) tokens.push({ kind: 'string', text: string[0] })
    else if (number) tokens.push({ kind: 'number', text: number[0] })
    else if (sign) tokens.push({ kind: 'sign', text: sign[0] })
    else throw refused(`"${text.slice(at, at + 20)}"`)
  }
  return tokens
}

const refused = (what: string) =>
  new AppError('invalid-request', `The SQL has something that cannot be used here: ${what}.`, {
    hint: 'Send one SELECT, with names in ASCII or in "quotes", text in \'quotes\' and no parameters.',
  })
