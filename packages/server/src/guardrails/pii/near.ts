const BEFORE = 90
const AFTER = 36

/** Looks for words around a place. Small letters are made once for a place, however many kinds ask. */
export class Near {
  readonly #text: string
  #start = -1
  #end = -1
  #before = ''
  #after = ''

  constructor(text: string) {
    this.#text = text
  }

  /** Whether such words stand before the place in its line or the one above, or shortly behind it. */
  has(words: RegExp, start: number, end: number, reach = BEFORE): boolean {
    this.#at(start, end)
    return words.test(reach < this.#before.length ? this.#before.slice(-reach) : this.#before) || words.test(this.#after)
  }

  /** What stands before, in small letters. */
  before(start: number): string {
    this.#at(start, start)
    return this.#before
  }

  #at(start: number, end: number): void {
    if (this.#start === start && this.#end === end) return
    this.#start = start
    this.#end = end
    const before = this.#text.slice(Math.max(0, start - BEFORE), start).toLowerCase()
    const after = this.#text.slice(end, end + AFTER).toLowerCase()
    this.#before = before.slice(before.lastIndexOf('\n\n') + 1)
    this.#after = after.split(/[.;\n]/, 1)[0] ?? ''
  }
}
