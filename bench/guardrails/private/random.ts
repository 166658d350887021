/** The same numbers at every run. */
export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed
  }
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return this.#state / 4_294_967_296
  }
  below(most: number): number {
    return Math.floor(this.next() * most)
  }
  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T
  }
  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join('')
  }
  some(count: number, letters: string): string {
    return Array.from({ length: count }, () => letters[this.below(letters.length)]).join('')
  }
}
