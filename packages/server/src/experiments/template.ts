import { textOf } from '../evaluators/row.ts'

type Vars = Record<string, unknown>
type Part = string | { path: readonly string[]; written: string }

const FIELD = /\{\{\s*([\w$-]+(?:\.[\w$-]+|\[\d+\])*)\s*\}\}/g

const compiled = new Map<string, Part[]>()

/**
 * Puts fields of a row into a text: `{{question}}`, `{{customer.name}}`, `{{items[0]}}`. What is no text becomes JSON. A field that the row
 * does not have is an error that names it: an empty place would be asked, and paid for, without anybody noticing.
 */
export function fill(template: string, vars: Vars): string {
  if (!template.includes('{{')) return template
  let text = ''
  for (const part of partsOf(template)) text += typeof part === 'string' ? part : textOf(found(part, vars))
  return text
}

/** The same in every text of a structure. A text that is one field and nothing else becomes its value, whatever that is. */
export function fillAll(value: unknown, vars: Vars): unknown {
  if (typeof value === 'string') {
    const parts = value.includes('{{') ? partsOf(value) : undefined
    const [only] = parts ?? []
    return parts?.length === 1 && typeof only === 'object' ? found(only, vars) : fill(value, vars)
  }
  if (Array.isArray(value)) return value.map((one) => fillAll(one, vars))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fillAll(member, vars)]))
  return value
}

/** Whether a structure has a field in it at all. */
export const hasFields = (value: unknown): boolean =>
  typeof value === 'string'
    ? partsOf(value).some((part) => typeof part === 'object')
    : typeof value === 'object' && value !== null && Object.values(value).some(hasFields)

function partsOf(template: string): Part[] {
  const known = compiled.get(template)
  if (known) return known
  const parts: Part[] = []
  let at = 0
  for (const match of template.matchAll(FIELD)) {
    if (match.index > at) parts.push(template.slice(at, match.index))
    const written = match[1] ?? ''
    parts.push({ path: written.split(/[.[\]]+/).filter((step) => step !== ''), written })
    at = match.index + match[0].length
  }
  if (at < template.length) parts.push(template.slice(at))
  if (compiled.size > 1000) compiled.clear()
  compiled.set(template, parts)
  return parts
}

function found({ path, written }: { path: readonly string[]; written: string }, vars: Vars): unknown {
  let value: unknown = vars
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) throw new Error(`The row has no "${written}".`)
    value = (value as Vars)[step]
  }
  return value
}
