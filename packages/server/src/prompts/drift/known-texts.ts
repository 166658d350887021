import { fillFragments, type PromptContent } from '@signalbox/schema'
import { literalsOf } from '@signalbox/sdk/templates'
import { hashText } from '../../lib/hash-text.ts'
import { normal } from './system-text.ts'

export type VersionOf = { prompt: string; version: number }
export type Likeness = VersionOf & { similarity: number }

/** What a version writes for the system, in pieces: what stands between them is variable. */
type Known = VersionOf & { pieces: string[]; words: Uint32Array }

/** Fewer letters than these say nothing: `{{text}}` would be like everything. */
const FEWEST_LETTERS = 12
const MOST_WORDS = 200
/** Stands for a fragment, whatever it says. */
const FRAGMENT = '\uE000'

/** The texts of registered versions, to tell whether a text was made from one of them. */
export class KnownTexts {
  readonly #known: Known[] = []

  /** Content that cannot be read is left out: it makes no texts either. */
  add(of: VersionOf, content: PromptContent): void {
    for (const variant of [content, ...(content.variants ?? [])]) {
      const pieces = piecesOf({ ...content, text: variant.text, messages: variant.messages } as PromptContent)
      if (!pieces || pieces.reduce((sum, { length }) => sum + length, 0) < FEWEST_LETTERS) continue
      this.#known.push({ ...of, pieces, words: wordsOf(pieces.join(' ')) })
    }
  }

  get size(): number {
    return this.#known.length
  }

  /** The newest version of those that make such a text; undefined where none does. `text` is normal. */
  match(text: string): VersionOf | undefined {
    let best: Known | undefined
    for (const known of this.#known)
      if ((!best || (known.prompt === best.prompt && known.version > best.version)) && fits(known.pieces, text)) best = known
    return best && { prompt: best.prompt, version: best.version }
  }

  /** The version that is most like a text, by their words. */
  nearest(text: string): Likeness | undefined {
    const words = wordsOf(text)
    let best: Likeness | undefined
    for (const known of this.#known) {
      const similarity = share(words, known.words)
      if (similarity > (best?.similarity ?? 0)) best = { prompt: known.prompt, version: known.version, similarity }
    }
    return best && { ...best, similarity: Math.round(best.similarity * 100) / 100 }
  }
}

function piecesOf(content: PromptContent): string[] | undefined {
  try {
    const { text, messages } = fillFragments(content, () => FRAGMENT)
    const texts =
      text !== undefined
        ? [text]
        : (messages ?? []).flatMap((message) => {
            if (message.type === 'placeholder' || (message.role !== 'system' && message.role !== 'developer')) return []
            return typeof message.content === 'string'
              ? [message.content]
              : message.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
          })
    if (texts.length === 0) return undefined
    const pieces = texts.flatMap((one) => literalsOf(content.engine, one).flatMap((piece) => piece.split(FRAGMENT)))
    // What only holds pieces apart is nothing to look for; at the ends it says that anything may stand there.
    return pieces.map(normal).filter((piece, at) => piece !== '' || at === 0 || at === pieces.length - 1)
  } catch {
    return undefined
  }
}

function fits(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (pieces.length === 1) return text === first
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}

/** Its words as sorted numbers, each once. */
function wordsOf(text: string): Uint32Array {
  const words = new Set<number>()
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    words.add(hashText(word))
    if (words.size >= MOST_WORDS) break
  }
  return Uint32Array.from(words).sort()
}

function share(one: Uint32Array, other: Uint32Array): number {
  let [a, b, both] = [0, 0, 0]
  while (a < one.length && b < other.length) {
    const [x, y] = [one[a] as number, other[b] as number]
    if (x === y) both++
    if (x <= y) a++
    if (y <= x) b++
  }
  const all = one.length + other.length - both
  return all === 0 ? 0 : both / all
}
