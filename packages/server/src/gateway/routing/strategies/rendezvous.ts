import { asFraction, mixHashes } from '../../../lib/hash-text.ts'

/**
 * Orders things by a key so that each key has one order of its own, things come first as often as their weights say, and a thing that
 * comes or goes moves only the keys that it takes or leaves (weighted rendezvous hashing). Weight 0 comes last.
 */
export function rendezvous<Thing extends { hash: number; weight: number }>(things: readonly Thing[], key: number): Thing[] {
  if (things.length < 2) return [...things]
  return things
    .map((thing) => ({ thing, score: thing.weight === 0 ? 0 : thing.weight / -Math.log(asFraction(mixHashes(key, thing.hash))) }))
    .sort((a, b) => b.score - a.score)
    .map(({ thing }) => thing)
}
