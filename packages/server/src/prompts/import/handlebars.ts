import { cannotImport } from './imported.ts'

type Open = { kind: 'if' | 'unless' | 'each'; name: string; isInverted: boolean }
type Reading = { file: string; lost: string[] }
const PATH = /^(?:this|\.|(?:this\.)?[A-Za-z_][\w-]*(?:\.[\w-]+)*)$/

/**
 * Handlebars as far as mustache says the same: variables, `#if`, `#unless`, `#each`, `else`, comments and partials. Any other helper would
 * come out as another text, so the file is refused.
 */
export function handlebarsToMustache(template: string, reading: Reading): string {
  const open: Open[] = []
  const text = template.replace(/\{\{!--[\s\S]*?--\}\}|\{\{\{?~?\s*([\s\S]*?)\s*~?\}?\}\}/g, (tag, inside: string | undefined) => {
    if (inside === undefined || inside.startsWith('!')) return ''
    return tagOf(inside, { tag, open, reading })
  })
  const left = open.at(-1)
  if (left) throw cannotImport(reading.file, `{{#${left.kind} ${left.name}}} is never closed.`)
  return text
}

function tagOf(inside: string, { tag, open, reading }: { tag: string; open: Open[]; reading: Reading }): string {
  const refused = (why: string) => cannotImport(reading.file, `${tag} ${why}`)
  const block = /^#\s*(if|unless|each)\s+(\S+)$/.exec(inside)
  if (block) {
    const kind = block[1] as Open['kind']
    const name = path(block[2] ?? '', () => refused('names no variable.'))
    open.push({ kind, name, isInverted: kind === 'unless' })
    if (kind === 'if')
      note(reading, 'Inside {{#if x}}, names are looked for in x first, where x is an object: {{#x}} of mustache does that.')
    return `{{${kind === 'unless' ? '^' : '#'}${name}}}`
  }
  if (inside === 'else' || inside === '^') {
    const current = open.at(-1)
    if (!current) throw refused('stands outside of a block.')
    current.isInverted = !current.isInverted
    return `{{/${current.name}}}{{${current.isInverted ? '^' : '#'}${current.name}}}`
  }
  const closed = /^\/\s*(if|unless|each)$/.exec(inside)?.[1]
  if (closed) {
    const last = open.pop()
    if (last?.kind !== closed) throw refused('closes what is not open.')
    return `{{/${last.name}}}`
  }
  if (inside.startsWith('>')) return `{{> ${inside.slice(1).trim()}}}`
  const json = /^json\s+(\S+)$/.exec(inside)?.[1]
  if (json) {
    note(reading, '{{json x}} was written as {{x}}: lists and objects come out as JSON, and text without quotes.')
    return `{{${path(json, () => refused('names no variable.'))}}}`
  }
  return `{{${path(inside, () => refused('is a helper that is not known here.'))}}}`
}

const note = ({ lost }: Reading, line: string): void => {
  if (!lost.includes(line)) lost.push(line)
}

function path(text: string, refused: () => Error): string {
  if (!PATH.test(text)) throw refused()
  return text === 'this' ? '.' : text.replace(/^this\./, '')
}
