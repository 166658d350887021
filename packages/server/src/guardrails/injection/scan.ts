import { decodedStretches } from './decode.ts'
import { type Folded, fold, originalSpan, plainOf, readLeet, spacedLetters } from './fold.ts'
import { SIGNALS } from './signals/index.ts'
import { MARKS, SQUEEZED } from './signals/marks.ts'
import type { Signal, Technique } from './signals/signal.ts'

/** A signal that was met, at its place in the original text (UTF-16 units, end exclusive). */
export type Hit = { technique: Technique; points: number; start: number; end: number; signal: string; encoding?: string }

type Rule = { signal: string; technique: Technique; points: number; pattern: RegExp; untrusted: boolean }

// A word of any script; of scripts without spaces, a character.
export const WORD =
  /[a-z0-9]+(?:['’][a-z]+)?|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff])[\p{L}\p{M}\u200c])+/gu

/** Under each word that starts a pattern, the patterns to try there. */
export const RULES: ReadonlyMap<string, readonly Rule[]> = compiled(SIGNALS)

/** Every signal in the text, in what it hides, and in what it holds encoded. */
export function signalsIn(text: string, untrusted: boolean): Hit[] {
  const folded = fold(text)
  const hits: Hit[] = []
  scanFolded(folded, untrusted, hits)
  const leet = readLeet(folded.text, (word) => RULES.has(word))
  if (leet !== undefined) scanFolded({ ...folded, text: leet }, untrusted, hits, 'letters written as digits')
  for (const spaced of spacedLetters(folded.text)) {
    SQUEEZED.lastIndex = 0
    if (!SQUEEZED.test(spaced.text)) continue
    const [start, end] = originalSpan(folded, spaced.start, spaced.end)
    hits.push({ technique: 'ENCODED', points: 3, start, end, signal: 'spaced', encoding: 'letters written apart' })
  }
  if (folded.smuggled) {
    const { start, end, text: hidden } = folded.smuggled
    hits.push({
      technique: 'HIDDEN_TEXT',
      points: hidden.length >= 4 ? 3.2 : 1.5,
      start,
      end,
      signal: 'tags',
      encoding: 'Unicode tag characters',
    })
  }
  for (const stretch of decodedStretches(text)) {
    const inside: Hit[] = []
    scanFolded(fold(stretch.text), untrusted, inside)
    // Whoever encodes an instruction means to hide it: half a point more than said openly.
    for (const { technique, points, signal } of inside)
      hits.push({ technique, points: points + 0.5, start: stretch.start, end: stretch.end, signal, encoding: stretch.encoding })
  }
  return hits
}

function scanFolded(folded: Folded, untrusted: boolean, hits: Hit[], encoding?: string): void {
  const { text } = folded
  const add = ({ technique, points, signal }: Pick<Rule, 'technique' | 'points' | 'signal'>, from: number, to: number) => {
    const [start, end] = originalSpan(folded, from, to)
    hits.push({ technique, points, start, end, signal, ...(encoding ? { encoding } : {}) })
  }
  for (const { index, 0: word } of text.matchAll(WORD)) {
    const rules = RULES.get(word)
    if (!rules) continue
    for (const rule of rules) {
      if (rule.untrusted && !untrusted) continue
      rule.pattern.lastIndex = index
      if (rule.pattern.test(text)) add(rule, index, rule.pattern.lastIndex)
    }
  }
  for (const [number, mark] of MARKS.entries()) {
    if ((mark.untrusted && !untrusted) || !text.includes(mark.starts)) continue
    for (const { index, 0: found } of text.matchAll(mark.pattern)) add({ ...mark, signal: `mark ${number}` }, index, index + found.length)
  }
}

function compiled(signals: readonly Signal[]): Map<string, Rule[]> {
  const rules = new Map<string, Rule[]>()
  for (const [number, { technique, points, words, then = '', before, untrusted = false }] of signals.entries()) {
    // Sticky at the word: nothing is searched through, and what stands before the word is looked at from there.
    const source = `${before ? `(?<=${before})` : ''}(?:${words})${then === '' ? '\\b' : then}`
    const pattern = new RegExp(asFolded(source), source.includes('\\p{') ? 'uy' : 'y')
    const rule = { signal: `${technique} ${number}`, technique, points, untrusted, pattern }
    for (const word of words.split('|')) {
      const key = asFolded(word).match(WORD)?.[0]
      if (key === undefined) throw new Error(`no word to find ${rule.signal} by: ${word}`)
      const there = rules.get(key)
      if (!there) rules.set(key, [rule])
      else if (!there.includes(rule)) there.push(rule)
    }
  }
  return rules
}

/** Letters of a pattern as `fold` leaves them in a text. */
function asFolded(source: string): string {
  return [...source].map((character) => (character < '\x80' ? character : plainOf(character))).join('')
}
