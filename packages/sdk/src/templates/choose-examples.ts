import type { PickedExample, PromptExamples } from '@signalbox/schema'

type Wanted = Exclude<PromptExamples, readonly unknown[]>
type Indexed = { words: readonly ReadonlySet<string>[]; weights: ReadonlyMap<string, number> }

/** What one token is taken for, in characters: counting them exactly would take longer than all else. */
const CHARACTERS_OF_TOKEN = 4

/** Words of examples and how telling each of them is. By the list, which never changes. */
const indexed = new WeakMap<readonly PickedExample[], Indexed>()

/**
 * Of the rows that a dataset gave, those that go into the prompt, in the order in which they stand there. With `similar` it is those that
 * have most telling words in common with the question, the nearest one last: right in front of it.
 */
export function chooseExamples({ select, k, maxTokens }: Wanted, picked: readonly PickedExample[], question: string): PickedExample[] {
  const chosen: PickedExample[] = []
  let left = (maxTokens ?? Number.POSITIVE_INFINITY) * CHARACTERS_OF_TOKEN
  for (const example of select === 'similar' ? byLikeness(picked, question) : picked) {
    if (chosen.length === k) break
    const length = example.input.length + example.output.length
    if (length > left) continue
    left -= length
    chosen.push(example)
  }
  return select === 'similar' ? chosen.reverse() : chosen
}

/** Those alike come first; those that are equally far away stay in their order. */
function byLikeness(picked: readonly PickedExample[], question: string): PickedExample[] {
  const { words, weights } = indexOf(picked)
  const asked = [...wordsOf(question)]
  const scores = words.map((own) => {
    let shared = 0
    for (const word of asked) if (own.has(word)) shared += weights.get(word) ?? 0
    // A long text shares words with everything.
    return own.size === 0 ? 0 : shared / Math.sqrt(own.size)
  })
  return picked
    .map((example, at) => ({ example, score: scores[at] ?? 0 }))
    .sort((a, b) => b.score - a.score)
    .map(({ example }) => example)
}

function indexOf(picked: readonly PickedExample[]): Indexed {
  const known = indexed.get(picked)
  if (known) return known
  const words = picked.map(({ input }) => wordsOf(input))
  const counts = new Map<string, number>()
  for (const own of words) for (const word of own) counts.set(word, (counts.get(word) ?? 0) + 1)
  const weights = new Map([...counts].map(([word, count]) => [word, Math.log(1 + picked.length / count)]))
  const made = { words, weights }
  indexed.set(picked, made)
  return made
}

/** Enough of a question to know what it is about. */
const MOST_CHARACTERS = 4000
const wordsOf = (text: string): Set<string> =>
  new Set(
    text
      .slice(0, MOST_CHARACTERS)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  )
