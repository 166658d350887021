import { fold } from './fold.ts'

const SHINGLE = 3
const SIMILAR_FROM = 0.5

/** The known text that this one repeats most of, by containment of shingles of three words; nothing below a half. */
export function similarTo(text: string, known: readonly string[]): { index: number; similarity: number } | undefined {
  const shingles = shinglesOf(text)
  let best: { index: number; similarity: number } | undefined
  for (const [index, example] of known.entries()) {
    const wanted = shinglesOf(example)
    if (wanted.size === 0) continue
    let shared = 0
    for (const shingle of wanted) if (shingles.has(shingle)) shared++
    const similarity = shared / wanted.size
    if (similarity >= SIMILAR_FROM && similarity > (best?.similarity ?? 0)) best = { index, similarity }
  }
  return best
}

function shinglesOf(text: string): Set<string> {
  const words = fold(text).text.match(/[\p{L}\p{N}]+/gu) ?? []
  const shingles = new Set<string>()
  for (let index = 0; index + SHINGLE <= words.length; index++) shingles.add(words.slice(index, index + SHINGLE).join(' '))
  if (words.length > 0 && words.length < SHINGLE) shingles.add(words.join(' '))
  return shingles
}
