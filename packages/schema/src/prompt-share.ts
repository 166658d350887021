type Share = { version: number; weight: number }

/**
 * Which version of a split label somebody gets. `sticky` is who asks (a session, else a user): the same one gets the same version as long as
 * the split stays, at the core, at every edge and in every app, because all of them ask here. Without it chance decides.
 */
export function shareOf(shares: readonly Share[], prompt: { name: string; label: string }, sticky: string | undefined): number {
  const point = sticky === undefined ? Math.random() : fraction(`${prompt.name}@${prompt.label}|${sticky}`)
  let left = point * shares.reduce((sum, { weight }) => sum + weight, 0)
  for (const { version, weight } of shares) {
    left -= weight
    if (left < 0) return version
  }
  return shares.at(-1)?.version ?? 0
}

/** A text as a number from 0 to under 1: FNV-1a, then mixed as murmur3 ends, so that texts that differ in one letter lie far apart. */
function fraction(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
