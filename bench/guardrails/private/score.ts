import type { Found } from '../../../packages/server/src/guardrails/check.ts'
import type { Labelled } from './sets.ts'

export type Tally = { found: number; missed: number; wrong: number }

/** A hit is the same type with at least half of the place. What is found beyond that is wrong, where its type is judged at all. */
export function tally(
  set: readonly Labelled[],
  find: (text: string) => readonly Found[],
  judged: ReadonlySet<string>,
  keyOf: (type: string, language: string) => string,
): Map<string, Tally> {
  const all = new Map<string, Tally>()
  const at = (type: string, language: string): Tally => {
    const key = keyOf(type, language)
    const known = all.get(key) ?? { found: 0, missed: 0, wrong: 0 }
    all.set(key, known)
    return known
  }
  for (const { text, language, places } of set) {
    const found = find(text).filter(({ type }) => judged.has(type))
    const used = new Set<Found>()
    for (const place of places) {
      const hit = found.find((one) => one.type === place.type && !used.has(one) && overlap(one, place) * 2 >= place.end - place.start)
      if (hit) used.add(hit)
      at(place.type, language)[hit ? 'found' : 'missed']++
    }
    for (const one of found) if (!used.has(one)) at(one.type, language).wrong++
  }
  return all
}

const overlap = (a: { start: number; end: number }, b: { start: number; end: number }): number =>
  Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start))

export const recall = ({ found, missed }: Tally): number => (found + missed === 0 ? 1 : found / (found + missed))
export const precision = ({ found, wrong }: Tally): number => (found + wrong === 0 ? 1 : found / (found + wrong))
export const total = (all: Iterable<Tally>): Tally => {
  const sum = { found: 0, missed: 0, wrong: 0 }
  for (const one of all) for (const key of ['found', 'missed', 'wrong'] as const) sum[key] += one[key]
  return sum
}
