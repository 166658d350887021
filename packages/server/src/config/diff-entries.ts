import { isDeepStrictEqual } from 'node:util'
import type { ConfigEntry } from '@signalbox/schema'
import { write } from '../lib/yaml/explain.ts'
import type { Path } from '../lib/yaml/yaml.ts'

/** One value of an entry that is another one. undefined where there is none on that side. */
export type ValueChange = { path: string; before: unknown; after: unknown }
export type EntryChange = {
  change: 'added' | 'changed' | 'removed'
  section: string
  name: string
  /** What is different, for an entry that changed. */
  values: ValueChange[]
  /** What else to know: something of the same name was added to the project. */
  note?: string
}

/** What would be different if the entries of a file took the place of those of a file that are in effect now. */
export function diffEntries(wanted: readonly ConfigEntry[], inEffect: readonly ConfigEntry[]): EntryChange[] {
  const now = new Map(inEffect.filter(({ from }) => from === 'file').map((entry) => [keyOf(entry), entry]))
  // Dashboards of the same name are both shown: neither takes the place of the other.
  const others = new Set(inEffect.filter(({ from, section }) => from === 'project' && section !== 'dashboards').map(keyOf))
  const changes: EntryChange[] = []
  for (const { section, name, value } of wanted) {
    const key = keyOf({ section, name })
    const before = now.get(key)
    now.delete(key)
    if (!before) {
      const note = others.has(key) ? 'it hides the one that was added to the project' : undefined
      changes.push({ change: 'added', section, name, values: [], ...(note && { note }) })
    } else {
      const values = [...differences(before.value, value, [])]
      if (values.length > 0) changes.push({ change: 'changed', section, name, values })
    }
  }
  for (const [key, { section, name }] of now) {
    const note = others.has(key) ? 'the one that was added to the project is used then' : undefined
    changes.push({ change: 'removed', section, name, values: [], ...(note && { note }) })
  }
  return changes
}

const keyOf = ({ section, name }: Pick<ConfigEntry, 'section' | 'name'>): string => `${section}\n${name}`

/** The innermost places that differ. Lists of another length differ as a whole. */
function* differences(before: unknown, after: unknown, path: Path): Generator<ValueChange> {
  if (isDeepStrictEqual(before, after)) return
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, value] of before.entries()) yield* differences(value, after[index], [...path, index])
  } else if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) yield* differences(before[key], after[key], [...path, key])
  } else yield { path: write(path), before, after }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
