/** How a code that has a form of its own is found: a pattern at the start of a word, a check of its digits, and words that stand near it. */
export type CodeRule = {
  type: string
  /** The country, as ISO 3166 says it; absent for what is the same everywhere. */
  region?: string
  /** Sticky: tried where a group of letters and digits begins. Its end must not lie inside of one. */
  pattern: RegExp
  /** What a group begins with where this is tried. */
  first: 'digit' | 'letter' | 'any'
  /** Digits that must follow here, so that most places are not tried at all. */
  digits: number
  /** Of what is left without spaces, dots and dashes, in capitals. */
  valid?: (compact: string) => boolean
  /** How sure it is by itself; 0 where only words near it can tell. */
  alone: number
  /** The same where it is written with the signs that belong between its groups. */
  grouped?: number
  /** How sure it is with such words near it. */
  near?: number
  /** Numbers that are given out without a right check digit are told all the same, so sure by themselves and near such words. */
  unchecked?: readonly [alone: number, near: number]
  /** Words that are said near it, in small letters, as a pattern. */
  words: string
}

export type ReadyRule = CodeRule & { near: number; context: RegExp; order: number }

/** Words are whole words; what follows may be plural or compound in languages that put words together. */
export function ready(rule: CodeRule, order: number): ReadyRule {
  return { near: Math.max(0.85, rule.alone), ...rule, order, context: new RegExp(`(?<![\\p{L}])(?:${rule.words})(?![a-z])`, 'u') }
}
