type Place = { start: number; end: number; score: number }

/**
 * Of places that overlap, the surest stays, then the longest, then the first: each character is redacted once.
 * The answer is in the order of the text.
 */
export function withoutOverlaps<P extends Place>(places: readonly P[]): P[] {
  if (places.length < 2) return [...places]
  const best = [...places].sort((a, b) => b.score - a.score || b.end - b.start - (a.end - a.start) || a.start - b.start)
  const kept: P[] = []
  for (const place of best) {
    const at = firstBehind(kept, place.start)
    if (overlaps(kept[at], place)) continue
    kept.splice(at, 0, place)
  }
  return kept
}

const overlaps = (a: Place | undefined, b: Place): boolean => a !== undefined && a.start < b.end && b.start < a.end

/** The first kept place that ends behind `start`; the kept ones are in order and apart. */
function firstBehind(kept: readonly Place[], start: number): number {
  let [low, high] = [0, kept.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((kept[middle] as Place).end > start) high = middle
    else low = middle + 1
  }
  return low
}
