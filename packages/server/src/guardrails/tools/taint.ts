// Shorter values stand in too many texts to say where one comes from.
const SHORTEST = 6
const SHINGLE = 5
const MOST_READ = 200_000

/** A value that leads somewhere: an address of mail or web, an account, a number of many digits. */
const TELLING =
  /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|(?:https?:\/\/|www\.)[^\s"'<>)\]]{3,500}|\b[A-Z]{2}\d{2}[A-Z0-9 ]{10,32}\b|\+?\d[\d ()-]{7,24}\d|\b0x[0-9a-f]{20,64}\b/gi

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Default_Ignorable_Code_Point}]/gu, '')
const squeezed = (text: string): string => plain(text).replace(/[\s()-]/g, '')

/**
 * Texts that nobody vouches for, ready to be looked up in: did a value that is about to leave come from one of them? A deterministic
 * stand-in for following data: values that stand in such a text and in nothing that the user said, exactly or but for case and spaces.
 */
export class UntrustedTexts {
  readonly #untrusted: string
  readonly #untrustedSqueezed: string
  readonly #trusted: string
  readonly #trustedSqueezed: string

  constructor(untrusted: readonly string[], trusted: readonly string[] = []) {
    this.#untrusted = plain(untrusted.join('\n').slice(0, MOST_READ))
    this.#untrustedSqueezed = squeezed(this.#untrusted)
    this.#trusted = plain(trusted.join('\n').slice(0, MOST_READ))
    this.#trustedSqueezed = squeezed(this.#trusted)
  }

  /** Parts of the value that come from a text that nobody vouches for. */
  tainted(value: string): string[] {
    if (this.#untrusted === '') return []
    const parts = [value.trim(), ...[...value.matchAll(TELLING)].map(([part]) => part), ...passages(value)]
    return [...new Set(parts)].filter((part) => part.length >= SHORTEST && this.#from(part))
  }

  #from(part: string): boolean {
    const [exact, tight] = [plain(part), squeezed(part)]
    const untrusted = this.#untrusted.includes(exact) || this.#untrustedSqueezed.includes(tight)
    return untrusted && !(this.#trusted.includes(exact) || this.#trustedSqueezed.includes(tight))
  }
}

/** Runs of words that are long enough not to be said twice by chance. */
function passages(value: string): string[] {
  const words = value.split(/\s+/)
  return Array.from({ length: Math.max(0, words.length - SHINGLE + 1) }, (_, at) => words.slice(at, at + SHINGLE).join(' '))
}
