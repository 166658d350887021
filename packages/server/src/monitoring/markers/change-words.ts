import type { MarkerKind } from '@signalbox/schema'

/** One entry of a configuration that is another one now. */
export type Changed = {
  change: 'added' | 'changed' | 'removed'
  section: string
  name: string
  values: readonly { path: string; before: unknown; after: unknown }[]
}

const WORDS: Record<string, string> = {
  providers: 'provider',
  models: 'alias',
  prices: 'price of',
  keys: 'key',
  budgets: 'budget',
  splits: 'split',
}
const ROUTES = new Set(['models', 'splits'])
/** More than this is not read on a chart. */
const MOST_VALUES = 4
const MOST_NAMES = 3
const MOST_LETTERS = 60

/** A route where only where calls go changed; else the configuration. */
export const kindOf = (changes: readonly Changed[]): MarkerKind =>
  changes.every(({ section }) => ROUTES.has(section)) ? 'route' : 'config'

/** What changed, in one line: `alias support: targets[0].model gpt-4o → gpt-4o-mini`. */
export function changeLine(changed: Changed): string {
  if (changed.change !== 'changed') return `${subject(changed)} ${changed.change}`
  const shown = changed.values.slice(0, MOST_VALUES).map(({ path, before, after }) => `${path} ${word(before)} → ${word(after)}`)
  const more = changed.values.length - shown.length
  return `${subject(changed)}: ${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`
}

/** What changed in a file, in one line: the one change, or the names of the first ones. */
export function fileLine(file: string, changes: readonly Changed[]): string {
  const [only] = changes
  if (only && changes.length === 1) return `${file}: ${changeLine(only)}`
  const more = changes.length - MOST_NAMES
  return `${file}: ${changes.slice(0, MOST_NAMES).map(subject).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const subject = ({ section, name }: Changed): string => (name === '' ? section : `${WORDS[section] ?? section} ${name}`)

function word(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text
}
