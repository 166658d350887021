import { FIELDS, type FieldName, Filter, type FilterOp } from '@signalbox/schema'
import { fieldTitle, OPERATOR_TITLES, operatorsFor, readValue } from '../../lib/filter-search.ts'

/** `status:error`, `durationMs>=1000`, `model!=gpt-4o`: a filter written in one go. `null` where it is none. */
export function quickFilter(text: string): Filter | null {
  const found = /^\s*([\w.-]+?)\s*(!=|>=|<=|[:=><])\s*(.+?)\s*$/.exec(text)
  if (!found) return null
  const [, name = '', sign = '', value = ''] = found
  const field = fieldNamed(name)
  if (!field) return null
  const parsed = Filter.safeParse({ field, op: SIGNS[sign], value: readValue(field, 'eq', value) })
  return parsed.success ? parsed.data : null
}
const SIGNS: Record<string, FilterOp> = { ':': 'eq', '=': 'eq', '!=': 'ne', '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' }

/** What people look for who look for feedback, completed: `thumbs` is enough. */
export function thumbFilters(text: string): { title: string; filter: Filter }[] {
  const typed = text.trim().toLowerCase().replace(':', ' ')
  if (typed.length < 3) return []
  return [
    { title: 'thumbs down', value: false },
    { title: 'thumbs up', value: true },
  ]
    .filter(({ title }) => title.startsWith(typed))
    .map(({ title, value }) => ({ title, filter: { field: 'score.thumbs', op: 'eq', value } }))
}

/** Fields whose name or title begins with, or then contains, what was typed. */
export function suggestFields(text: string): string[] {
  const typed = text.trim().toLowerCase()
  if (DYNAMIC.test(typed)) return [text.trim()]
  const ranked = Object.entries(FIELDS).map(([name, { title }]) => {
    const words = [name.toLowerCase(), title.toLowerCase()]
    return { name, rank: words.some((word) => word.startsWith(typed)) ? 0 : words.some((word) => word.includes(typed)) ? 1 : 2 }
  })
  const fields = ranked
    .filter(({ rank }) => rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .map(({ name }) => name)
  return [...fields, ...PREFIXES.filter((prefix) => prefix.startsWith(typed) && typed !== '')]
}

/** Fields of which there are as many as there are keys, or names of scores. */
export const PREFIXES: readonly string[] = ['metadata.', 'score.']
const DYNAMIC = /^(metadata|score)\../

/** Whether a typed word is more likely a field than something to search for. */
export const beginsAField = (text: string): boolean => {
  const typed = text.trim().toLowerCase()
  return (
    typed !== '' &&
    Object.entries(FIELDS).some(([name, { title }]) => name.toLowerCase().startsWith(typed) || title.toLowerCase().startsWith(typed))
  )
}

/** An operator to choose; `is not set` is `exists` with `false`. */
export type OperatorChoice = { op: FilterOp; title: string; value?: false }
export function operatorChoices(field: string, text: string): OperatorChoice[] {
  const typed = text.trim().toLowerCase()
  return operatorsFor(field)
    .flatMap((op): OperatorChoice[] => [
      { op, title: OPERATOR_TITLES[op] },
      ...(op === 'exists' ? [{ op, title: 'is not set', value: false as const }] : []),
    ])
    .filter(({ op, title }) => title.includes(typed) || op.startsWith(typed))
}

/** A filter in words: `Status is error`. */
export function describeFilter({ field, op, value }: Filter): { field: string; operator: string; value: string } {
  const operator = op === 'exists' && value === false ? 'is not set' : OPERATOR_TITLES[op]
  const text = op === 'exists' || value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value)
  return { field: fieldTitle(field), operator, value: text }
}

function fieldNamed(name: string): string | null {
  if (DYNAMIC.test(name)) return name
  const typed = name.toLowerCase()
  return (
    (Object.keys(FIELDS) as FieldName[]).find((field) => field.toLowerCase() === typed || FIELDS[field].title.toLowerCase() === typed) ??
    null
  )
}
