import type { Found } from '../check.ts'

/**
 * One answer for each place: what lies in something surer is dropped, and of the same kind the surest. Kinds that are as likely
 * for the same place are all told, because without words near it nobody can know.
 */
export function settled(found: Found[]): Found[] {
  if (found.length < 2) return found
  found.sort((a, b) => a.start - b.start || b.end - a.end || b.score - a.score)
  const kept: Found[] = []
  let open: Found[] = []
  for (const one of found) {
    open = open.filter(({ end }) => end > one.start)
    if (open.some((other) => beats(other, one))) continue
    const beaten = new Set(open.filter((other) => beats(one, other)))
    if (beaten.size > 0) {
      open = open.filter((other) => !beaten.has(other))
      for (let at = kept.length - 1; at >= 0 && beaten.size > 0; at--) if (beaten.delete(kept[at] as Found)) kept.splice(at, 1)
    }
    kept.push(one)
    open.push(one)
  }
  return kept
}

/** Of two that overlap. */
function beats(a: Found, b: Found): boolean {
  if (a.type === b.type) return a.score > b.score || (a.score === b.score && a.end - a.start >= b.end - b.start)
  const covers = a.start <= b.start && a.end >= b.end
  if (covers && a.end - a.start > b.end - b.start && a.score >= b.score) return true
  // A number with a form of its own, and words that say so, is no telephone.
  if (covers && b.type === 'PHONE_NUMBER' && a.score >= 0.95) return true
  return a.score >= b.score + 0.15
}
