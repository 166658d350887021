/** As prompts name their engines. */
export type Language = 'mustache' | 'liquid' | 'jinja' | 'fstring'

/** `sign` is a bracket or an operator, `word` belongs to the language, `name` is a variable, `wrong` cannot be read. */
export type TokenType = 'text' | 'sign' | 'word' | 'name' | 'string' | 'number' | 'comment' | 'fragment' | 'wrong'
export type Token = { type: TokenType; text: string }

/** A template in pieces to paint. Put together again they are the template, letter by letter, whatever it holds. */
export function tokenize(language: Language, template: string): Token[] {
  const tokens: Token[] = []
  const add = (type: TokenType, text: string) => {
    const last = tokens.at(-1)
    if (text === '') return
    if (last?.type === type) last.text += text
    else tokens.push({ type, text })
  }
  READERS[language](template, add)
  return tokens
}

type Add = (type: TokenType, text: string) => void
const READERS: Record<Language, (template: string, add: Add) => void> = {
  mustache: readMustache,
  liquid: (template, add) => readTags(template, add, 'liquid'),
  jinja: (template, add) => readTags(template, add, 'jinja'),
  fstring: readBraces,
}

function readMustache(template: string, add: Add): void {
  let at = 0
  while (at < template.length) {
    const start = template.indexOf('{{', at)
    if (start < 0) return add('text', template.slice(at))
    add('text', template.slice(at, start))
    const triple = template.startsWith('{{{', start)
    const [open, close] = triple ? ['{{{', '}}}'] : ['{{', '}}']
    const end = template.indexOf(close, start + open.length)
    if (end < 0) return add('wrong', template.slice(start))
    const inner = template.slice(start + open.length, end)
    if (inner.startsWith('!')) {
      add('comment', open + inner + close)
    } else {
      const [, mark = '', before = '', name = '', after = ''] = /^([#^/&>=]?)(\s*)([\s\S]*?)(\s*)$/.exec(inner) ?? []
      add('sign', open)
      add(mark === '>' ? 'fragment' : 'word', mark)
      add('text', before)
      if (mark === '>') add('fragment', name)
      else add(name === '' || mark === '=' || /[\s{}]/.test(name) ? 'wrong' : 'name', name)
      add('text', after)
      add('sign', close)
    }
    at = end + close.length
  }
}

/** What opens in liquid and jinja, with what closes it. */
const TAGS = { '{{': '}}', '{%': '%}', '{#': '#}' } as const

function readTags(template: string, add: Add, language: 'liquid' | 'jinja'): void {
  const opening = language === 'jinja' ? /\{\{|\{%|\{#/g : /\{\{|\{%/g
  let at = 0
  while (at < template.length) {
    opening.lastIndex = at
    const found = opening.exec(template)
    if (!found) return add('text', template.slice(at))
    add('text', template.slice(at, found.index))
    at = found.index
    const open = found[0] as keyof typeof TAGS
    const close = TAGS[open]
    const end = template.indexOf(close, at + 2)
    if (end < 0) return add('wrong', template.slice(at))
    const whole = template.slice(at, end + 2)
    at = end + 2
    if (open === '{#') {
      add('comment', whole)
      continue
    }
    const inner = whole.slice(2, -2)
    const fragment = open === '{{' && /^\s*>/.test(inner)
    add('sign', open)
    if (fragment) add('fragment', inner)
    else readExpression(inner, add, open === '{%')
    add('sign', close)
    const verbatim = open === '{%' && /^-?\s*(raw|comment)\b/.exec(inner)
    if (verbatim) at = readVerbatim({ template, at, word: verbatim[1] as string, add })
  }
}

/** Up to its end nothing is read as the language. */
function readVerbatim({ template, at, word, add }: { template: string; at: number; word: string; add: Add }): number {
  const ending = new RegExp(`\\{%-?\\s*end${word}\\s*-?%\\}`, 'g')
  ending.lastIndex = at
  const inside = template.slice(at, ending.exec(template)?.index)
  add(word === 'comment' ? 'comment' : 'text', inside)
  return at + inside.length
}

const WORDS = new Set(
  'and or not in is if elif elsif else endif unless endunless for endfor set assign case when endcase capture endcapture break continue raw endraw comment endcomment macro endmacro block endblock contains true false none nil null True False None empty blank loop forloop limit offset reversed defined undefined'.split(
    ' ',
  ),
)
const EXPRESSION = /(\s+)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|([\s\S])/gy

function readExpression(text: string, add: Add, isTag: boolean): void {
  let before = isTag ? 'tag' : ''
  for (const [whole, space, string, number, name] of text.matchAll(EXPRESSION)) {
    if (space !== undefined) {
      add('text', whole)
      continue
    }
    if (string !== undefined) add('string', whole)
    else if (number !== undefined) add('number', whole)
    // The first word of a tag is the tag, and what stands behind a bar is a filter.
    else if (name !== undefined) add(before === 'tag' || before === '|' || WORDS.has(name.split('.')[0] as string) ? 'word' : 'name', whole)
    else add('sign', whole)
    before = before === 'tag' && whole === '-' ? 'tag' : whole
  }
}

/** `{name}`, `{name!r:>10}`; doubled braces are braces. */
function readBraces(template: string, add: Add): void {
  for (const [whole, double, name, tail, brace] of template.matchAll(/(\{\{|\}\})|\{([^{}!:]*)([!:][^{}]*)?\}|([{}])|[^{}]+/g)) {
    if (double !== undefined || (name === undefined && brace === undefined)) add('text', whole)
    else if (brace !== undefined) add('wrong', whole)
    else {
      add('sign', '{')
      add(/^[A-Za-z_][\w.[\]]*$/.test(name as string) ? 'name' : 'wrong', name as string)
      add('word', tail ?? '')
      add('sign', '}')
    }
  }
}
