import { lineAt, TemplateError } from './template-error.ts'

/**
 * A prompt in Python's `{name}` as one of Mustache, for prompts that come from elsewhere. `{{` and `}}` are braces there. Formats and
 * expressions (`{x:.2f}`, `{a[0]}`) have no counterpart and are refused.
 */
export function mustacheOfFstring(text: string): string {
  const pieces: (string | { name: string })[] = []
  let literal = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if ((char === '{' || char === '}') && text[at + 1] === char) {
      literal += char
      at++
    } else if (char === '{') {
      const close = text.indexOf('}', at)
      const name = close < 0 ? '' : text.slice(at + 1, close).trim()
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
        throw new TemplateError('syntax', `"{${name.slice(0, 40)}}" is no variable of an f-string. A brace as text is written twice.`, {
          line: lineAt(text, at),
        })
      pieces.push(literal, { name })
      literal = ''
      at = close
    } else if (char === '}') {
      throw new TemplateError('syntax', 'A single "}" closes nothing. A brace as text is written twice.', { line: lineAt(text, at) })
    } else literal += char
  }
  pieces.push(literal)
  // A brace as text right before a variable would make three of them.
  const isPlain = !pieces.some(
    (piece, index) => typeof piece === 'string' && (piece.includes('{{') || (piece.endsWith('{') && index < pieces.length - 1)),
  )
  const [before, after] = isPlain ? ['{{', '}}'] : freeDelimiters(text)
  const body = pieces.map((piece) => (typeof piece === 'string' ? piece : `${before}${piece.name}${after}`)).join('')
  return isPlain ? body : `{{=${before} ${after}=}}${body}`
}

function freeDelimiters(text: string): [string, string] {
  for (const pair of [
    ['<%', '%>'],
    ['<<', '>>'],
    ['[[', ']]'],
    ['@@<', '>@@'],
  ] as const)
    if (!text.includes(pair[0])) return [...pair]
  throw new TemplateError('syntax', 'The f-string has too many kinds of brackets to be written as Mustache.')
}
