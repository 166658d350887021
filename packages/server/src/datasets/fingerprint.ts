import { hashText, mixHashes } from '../lib/hash-text.ts'

/**
 * MinHash of a text (Broder 1997) in four bands of two: two texts whose similarity is J have a band in common with the probability
 * 1 − (1 − J²)⁴, which is 98 % at 0.8. By a band a database finds what may resemble a text; `similarityOf` says whether it does.
 */
export type Print = readonly [number, number, number, number]

/** From this similarity on two texts say nearly the same. */
export const NEAR = 0.8
const WORDS = 3
const SEEDS = Array.from({ length: 8 }, (_, at) => hashText(`minhash ${at}`))

/** Runs of three words, lower-case and without punctuation; of a shorter text all of it. */
export function shinglesOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  if (words.length <= WORDS) return new Set([words.join(' ')])
  return new Set(words.slice(WORDS - 1).map((_, at) => words.slice(at, at + WORDS).join(' ')))
}

/** Whole numbers of 32 bits with a sign, as a database keeps them. */
export function printOf(shingles: ReadonlySet<string>): Print {
  const least = SEEDS.map(() => 0xffffffff)
  for (const shingle of shingles) {
    const hash = hashText(shingle)
    for (const [at, seed] of SEEDS.entries()) least[at] = Math.min(least[at] ?? 0, mixHashes(hash, seed))
  }
  const band = (at: number): number => mixHashes(least[2 * at] ?? 0, least[2 * at + 1] ?? 0) | 0
  return [band(0), band(1), band(2), band(3)]
}

/** Jaccard index of two sets: what they share, of what they have together. */
export function similarityOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let shared = 0
  for (const shingle of one) if (other.has(shingle)) shared++
  return shared / (one.size + other.size - shared)
}
