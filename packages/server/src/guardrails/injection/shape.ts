import type { Hit } from './scan.ts'

// Somebody with a name who can, never, always or must do things.
const SUBJECT =
  /(?<![\p{L}\p{N}])(\p{Lu}[\p{L}\p{N}_-]{1,24})(?= (?:can|will|never|always|must|cannot|should|does|doesn|isn|won|may|would|has no|has to|is not|is an? ))/gu
const ORDER = /\byou(?:'re|’re)? (?:must|will|can|cannot|can['’]t|should|shall|won['’]t|are|have to|may|do not|don['’]t|never|always)\b/gi
// Words that start a sentence, and are nobody's name.
const NOBODY = new Set([
  'It',
  'You',
  'He',
  'She',
  'They',
  'We',
  'This',
  'That',
  'There',
  'Which',
  'Who',
  'What',
  'These',
  'Those',
  'One',
  'And',
  'But',
  'The',
  'User',
  'Users',
  'Each',
  'Everyone',
  'Nobody',
])

/** What the shape of a whole text says: a persona that is described at length, and orders in a row. */
export function shapeOf(text: string): Hit[] {
  const hits: Hit[] = []
  const names = new Map<string, { count: number; start: number; end: number }>()
  for (const { index, 1: name = '' } of text.matchAll(SUBJECT)) {
    if (NOBODY.has(name)) continue
    const there = names.get(name)
    if (there) there.count++
    else names.set(name, { count: 1, start: index, end: index + name.length })
  }
  for (const [, { count, start, end }] of names) {
    if (count < 3) continue
    hits.push({ technique: 'PERSONA', points: count >= 5 ? 2 : 1.4, start, end, signal: 'described at length' })
    break
  }
  let orders = 0
  let first: RegExpMatchArray | undefined
  for (const order of text.matchAll(ORDER)) {
    first ??= order
    orders++
  }
  if (first && orders >= 4)
    hits.push({
      technique: 'FRAMING',
      points: Math.min(1.4, 0.2 * orders),
      start: first.index ?? 0,
      end: (first.index ?? 0) + first[0].length,
      signal: 'orders in a row',
    })
  return hits
}
