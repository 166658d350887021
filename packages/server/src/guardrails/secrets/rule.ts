/** How a secret is known: words that must be in the text, a pattern for the value, and how random it must be. */
export type SecretRule = {
  type: string
  /** In small letters: where none of them is in the text, the pattern is not tried. */
  words: readonly string[]
  /** The value is the group `v`, or the whole match. */
  pattern: RegExp
  /** The least entropy in bits per letter: what is written by hand has less. */
  entropy?: number
  score?: number
}

/** A rule for keys that say who gave them out by how they begin. `words` where that is no plain text. */
export function prefixed(type: string, prefix: string, body: string, words: readonly string[] = literals(prefix)): SecretRule {
  return { type, words, pattern: new RegExp(`(?<![A-Za-z0-9_])(?:${prefix})${body}(?![A-Za-z0-9_])`, 'g'), entropy: 2.5, score: 0.95 }
}

/** The plain text with which a prefix begins, one for each of its alternatives. */
function literals(prefix: string): string[] {
  const [, alternatives, rest = prefix] = /^\(\?:([^()]*)\)(.*)$/s.exec(prefix) ?? []
  const plain = (text: string) => (/^(?:[A-Za-z0-9_/$~:=-]|\\[.$/])*/.exec(text)?.[0] ?? '').replaceAll('\\', '').toLowerCase()
  return alternatives === undefined
    ? [plain(rest)]
    : alternatives.split('|').map((one) => (plain(one).length === one.replaceAll('\\', '').length ? plain(one + rest) : plain(one)))
}

/** A rule for keys without a form of their own, beside the name of who gave them out. */
export function assigned(type: string, names: string, body: string, entropy = 3): SecretRule {
  return {
    type,
    words: names.split('|').map((name) => /^[a-z]*/i.exec(name)?.[0].toLowerCase() ?? ''),
    pattern: new RegExp(
      `(?<![A-Za-z0-9])(?:${names})(?:[\\w .-]{0,24})["'\`]?[ \\t]{0,4}(?:=>|:=|={1,3}|:|,|>)[ \\t]{0,4}["'\`]?(?<v>${body})(?![A-Za-z0-9])`,
      'gi',
    ),
    entropy,
    score: 0.8,
  }
}

/** Shannon's entropy in bits per letter. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const one of text) counts.set(one, (counts.get(one) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
