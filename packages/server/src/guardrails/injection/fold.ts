/**
 * The text as a reader would take it: lower-case Latin letters, without accents, without what cannot be seen, look-alikes of other
 * alphabets read as the letters they stand for. Rules match on this, and `at` leads back to what was written.
 */
export type Folded = {
  text: string
  /** Where the folded unit stands in the original, in UTF-16 units; absent where nothing moved. One more entry than units. */
  at: Uint32Array | undefined
  /** Characters that no reader sees, such as zero-width ones. */
  invisible: number
  /** What was written in Unicode tag characters, which only machines read. */
  smuggled: { start: number; end: number; text: string } | undefined
}

const FOREIGN = /[\u0080-\u{10ffff}]+/gu
// Zero-width and joining characters, soft hyphen, directions, variation selectors: they take no room on a screen.
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u200b\ufeff]/u
// Letters that do not come apart into a plain one and an accent.
const WHOLE: Record<string, string> = { ı: 'i', ø: 'o', đ: 'd', ł: 'l', ß: 'ss', æ: 'ae', œ: 'oe', ð: 'd', þ: 'th' }
const COMBINING = /[\u0300-\u036f\u0653-\u0655]/g
const LATIN_LETTER = /[a-z]/
const OTHER_ALPHABET = /[\u0370-\u052f]/
const LOOK_ALIKE_WORD = /[a-z\u0370-\u03ff\u0400-\u052f]+/g
// Letters of the Greek and Cyrillic alphabets that look like Latin ones, lower-case (Unicode TR 39, confusables).
const LOOK_ALIKES: Record<string, string> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ѐ: 'e',
  һ: 'h',
  н: 'h',
  і: 'i',
  ї: 'i',
  ј: 'j',
  к: 'k',
  ӏ: 'l',
  м: 'm',
  п: 'n',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  г: 'r',
  ѕ: 's',
  т: 't',
  υ: 'u',
  ѵ: 'v',
  ԝ: 'w',
  х: 'x',
  у: 'y',
  ү: 'y',
  α: 'a',
  β: 'b',
  ε: 'e',
  η: 'n',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  χ: 'x',
  γ: 'y',
  ω: 'w',
}

export function fold(text: string): Folded {
  if (text.search(FOREIGN) < 0) return { text: text.toLowerCase(), at: undefined, invisible: 0, smuggled: undefined }
  const pieces: string[] = []
  const at: number[] = []
  let invisible = 0
  let smuggled: Folded['smuggled']
  const keep = (read: string, start: number, moves: 0 | 1) => {
    pieces.push(read)
    for (let unit = 0; unit < read.length; unit++) at.push(start + unit * moves)
  }
  let done = 0
  for (const { index: run, 0: foreign } of text.matchAll(FOREIGN)) {
    keep(text.slice(done, run).toLowerCase(), done, 1)
    let index = run
    for (const character of foreign) {
      const start = index
      index += character.length
      const code = character.codePointAt(0) ?? 0
      if (code >= 0xe0000 && code <= 0xe007f) {
        smuggled ??= { start, end: index, text: '' }
        smuggled.end = index
        if (code >= 0xe0020 && code < 0xe007f) smuggled.text += String.fromCharCode(code - 0xe0000)
      } else if (INVISIBLE.test(character)) invisible++
      else keep(plainOf(character), start, 0)
    }
    done = index
  }
  keep(text.slice(done).toLowerCase(), done, 1)
  at.push(text.length)
  return { text: readLookAlikes(pieces.join('')), at: Uint32Array.from(at), invisible, smuggled }
}

/** Compatibility forms (full-width, mathematical, circled letters) and accents folded away; syllables of Hangul stay whole. */
export function plainOf(character: string): string {
  if (character >= '\uac00' && character <= '\ud7a3') return character
  const plain = character.normalize('NFKD').replace(COMBINING, '').toLowerCase()
  return WHOLE[plain] ?? plain
}

/** In words that hold Latin letters beside Greek or Cyrillic ones only: Russian and Greek words stay what they are. */
function readLookAlikes(text: string): string {
  if (!OTHER_ALPHABET.test(text)) return text
  return text.replace(LOOK_ALIKE_WORD, (word) =>
    LATIN_LETTER.test(word) ? word.replace(/[^a-z]/g, (letter) => LOOK_ALIKES[letter] ?? letter) : word,
  )
}

/** The place in the original text of a span of the folded one. */
export function originalSpan({ at }: Folded, start: number, end: number): [start: number, end: number] {
  if (!at) return [start, end]
  return [at[start] ?? 0, end > start ? Math.max(at[end] ?? 0, (at[end - 1] ?? 0) + 1) : (at[end] ?? 0)]
}

const LEET: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i', '|': 'l' }
// Words that hold a letter and one of the signs.
const LEET_WORD = /[a-z0-9@$!|]{4,}/g
const LEET_LETTER = /[a-z].*[013457@$|]|[013457@$!|].*[a-z]/

/** Digits inside of words read as the letters they stand for, unit for unit; undefined where that gives no word that is known. */
export function readLeet(text: string, known: (word: string) => boolean): string | undefined {
  let changed = false
  const read = text.replace(LEET_WORD, (word) => {
    if (word.length > 30 || !LEET_LETTER.test(word)) return word
    const plain = word.replace(/[013457@$!|]/g, (letter) => LEET[letter] ?? letter)
    changed ||= known(plain)
    return plain
  })
  return changed ? read : undefined
}

const SPACED = /(?<![a-z0-9])[a-z](?:[ ._*|~-]{1,3}[a-z]){7,}(?![a-z0-9])/g

/** Letters that stand apart (`i g n o r e`), put together without any gap. */
export function* spacedLetters(text: string): Generator<{ start: number; end: number; text: string }> {
  for (const { index, 0: run } of text.matchAll(SPACED)) yield { start: index, end: index + run.length, text: run.replace(/[^a-z]/g, '') }
}
