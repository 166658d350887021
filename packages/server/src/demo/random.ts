/** Numbers that look random and are the same for the same seed, on every machine. */
export type Random = {
  /** From 0 up to, but not including, 1. */
  next(): number
  /** A whole number; both ends are possible. */
  int(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(values: readonly T[]): T
  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K
  /** Log-normal, as response times are: half of them lie below the median. */
  around(median: number, spread?: number): number
  /** Lower-case hex digits, never all zero. */
  hex(digits: number): string
  /** A sequence of its own: what it gives doesn't depend on how much was drawn before. */
  fork(label: string): Random
}

/** A sequence by its seed: sfc32, started by a 128-bit hash of the text. */
export function createRandom(seed: string): Random {
  let [a, b, c, d] = hash(seed)
  function next(): number {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }
  for (let i = 0; i < 12; i++) next()
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick<T>(values: readonly T[]): T {
      if (values.length === 0) throw new Error('There is nothing to pick from.')
      return values[int(0, values.length - 1)] as T
    },
    weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
      const entries = Object.entries<number>(weights) as [K, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      return (entries.at(-1) as [K, number])[0]
    },
    around(median, spread = 0.3) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return median * Math.exp(spread * normal)
    },
    hex(digits) {
      let text = ''
      while (text.length < digits) text += int(0, 15).toString(16)
      return /[^0]/.test(text) ? text : `${text.slice(1)}1`
    },
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}

/** Four 32-bit words of FNV-1a, each from another start. */
function hash(text: string): [number, number, number, number] {
  const word = (start: number) => {
    let value = start
    for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16_777_619)
    value ^= value >>> 15
    return Math.imul(value, 2_246_822_519) ^ (value >>> 13)
  }
  return [word(2_166_136_261), word(3_735_928_559), word(305_419_896), word(2_654_435_769)]
}
