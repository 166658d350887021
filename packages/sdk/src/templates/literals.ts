import { mustacheOfFstring } from './fstring.ts'
import { parseJinja } from './jinja-parse.ts'
import { parseMustache } from './mustache-parse.ts'
import type { EngineName } from './template.ts'

/**
 * The texts that a template always writes, in their order, with whatever it writes in between left out: `Hi {{name}}!` is `Hi ` and `!`. What
 * begins or ends with something variable begins or ends with an empty text. Conditions and loops count as variable as a whole.
 */
export function literalsOf(engine: EngineName, text: string): string[] {
  if (engine === 'liquid') return liquidLiterals(text)
  if (engine === 'jinja') return joined(parseJinja(text).map((node) => (typeof node === 'string' ? node : node.type === 'set' ? '' : GAP)))
  const source = engine === 'fstring' ? mustacheOfFstring(text) : text
  return joined(parseMustache(source).nodes.map((node) => (typeof node === 'string' ? node : GAP)))
}

const GAP = Symbol('gap')

function joined(pieces: readonly (string | typeof GAP)[]): string[] {
  const literals = ['']
  let isGap = false
  for (const piece of pieces) {
    if (piece === GAP) isGap = true
    else if (piece !== '') {
      if (isGap) literals.push(piece)
      else literals[literals.length - 1] += piece
      isGap = false
    }
  }
  if (isGap) literals.push('')
  return literals
}

const BLOCKS = /^(if|unless|case|for|tablerow|capture|comment|raw)$/
const SILENT = /^(assign|increment|decrement|#)$/

/** By its tags alone: the library that reads Liquid need not be loaded for it. */
function liquidLiterals(text: string): string[] {
  const pieces: (string | typeof GAP)[] = []
  let open = 0
  let at = 0
  for (;;) {
    const starts = [text.indexOf('{{', at), text.indexOf('{%', at)].filter((start) => start >= 0)
    const start = starts.length > 0 ? Math.min(...starts) : -1
    const isTag = text[start + 1] === '%'
    const end = start < 0 ? -1 : text.indexOf(isTag ? '%}' : '}}', start)
    if (end < 0) break
    if (open === 0) pieces.push(text.slice(at, start))
    at = end + 2
    const name = isTag ? (/^-?\s*(\w+|#)/.exec(text.slice(start + 2, end))?.[1] ?? '') : ''
    if (isTag && BLOCKS.test(name)) open++
    else if (isTag && name.startsWith('end')) open = Math.max(0, open - 1)
    if (!SILENT.test(name)) pieces.push(GAP)
  }
  if (open === 0) pieces.push(text.slice(at))
  return joined(pieces)
}
