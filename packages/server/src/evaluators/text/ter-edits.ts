const [SAME, REPLACE, INSERT, DELETE, UNSEEN] = [0, 1, 2, 3, 4]
const FAR = 1_000_000_000
/** How far from the diagonal an alignment may go, as in Tercom. */
const BEAM = 25

/**
 * The edit distance between answers and one reference, within a beam around the diagonal, with the path: the part of TER that its shifts
 * are judged by. All answers that are asked for have the same words in another order, so that rows up to the first difference are kept.
 */
export class Edits {
  readonly #reference: readonly number[]
  readonly #width: number
  #words: readonly number[] = []
  #costs = new Int32Array(0)
  #steps = new Uint8Array(0)

  constructor(reference: readonly number[]) {
    this.#reference = reference
    this.#width = reference.length + 1
  }

  distance(words: readonly number[]): number {
    this.#fill(words)
    return this.#costs[words.length * this.#width + this.#reference.length] as number
  }

  /** For each word of the reference the place in the answer it is aligned to, and what of both is wrong. */
  align(words: readonly number[]): { align: number[]; referenceWrong: boolean[]; answerWrong: boolean[] } {
    this.#fill(words)
    const steps: number[] = []
    let [i, j] = [words.length, this.#reference.length]
    while (i > 0 || j > 0) {
      const step = this.#steps[i * this.#width + j] as number
      steps.push(step)
      if (step !== INSERT) i--
      if (step !== DELETE) j--
    }
    const found = { align: [] as number[], referenceWrong: [] as boolean[], answerWrong: [] as boolean[] }
    let at = -1
    for (const step of steps.reverse()) {
      if (step !== INSERT) {
        at++
        found.answerWrong.push(step !== SAME)
      }
      if (step !== DELETE) {
        found.align.push(at)
        found.referenceWrong.push(step !== SAME)
      }
    }
    return found
  }

  #fill(words: readonly number[]): void {
    const start = this.#known(words)
    for (let i = start + 1; i <= words.length; i++) this.#row(i, words)
    this.#words = words
  }

  /** How many rows are right already. */
  #known(words: readonly number[]): number {
    if (words.length !== this.#words.length || this.#costs.length === 0) {
      this.#costs = new Int32Array((words.length + 1) * this.#width)
      this.#steps = new Uint8Array(this.#costs.length)
      for (let j = 0; j < this.#width; j++) this.#costs[j] = j
      this.#steps.fill(INSERT, 0, this.#width)
      return 0
    }
    let same = 0
    while (same < words.length && words[same] === this.#words[same]) same++
    return same
  }

  #row(i: number, words: readonly number[]): void {
    const [costs, steps, width, size] = [this.#costs, this.#steps, this.#width, this.#reference.length]
    const ratio = size / words.length
    const beam = BEAM < ratio / 2 ? Math.ceil(ratio / 2 + BEAM) : BEAM
    const diagonal = Math.floor(i * ratio)
    const end = i === words.length ? size + 1 : Math.min(size + 1, diagonal + beam)
    const [row, above] = [i * width, (i - 1) * width]
    costs.fill(FAR, row, row + width)
    steps.fill(UNSEEN, row, row + width)
    for (let j = Math.max(0, diagonal - beam); j < end; j++) {
      if (j === 0) {
        costs[row] = (costs[above] as number) + 1
        steps[row] = DELETE
        continue
      }
      const same = words[i - 1] === this.#reference[j - 1]
      const [through, up, beside] = [costs[above + j - 1] as number, costs[above + j] as number, costs[row + j - 1] as number]
      let best = through + (same ? 0 : 1)
      let step = same ? SAME : REPLACE
      // Which of several equal paths it is decides what may be shifted: in this order, as the reference has it.
      if (up + 1 < best) [best, step] = [up + 1, DELETE]
      if (beside + 1 < best) [best, step] = [beside + 1, INSERT]
      if (best >= FAR) continue
      costs[row + j] = best
      steps[row + j] = step
    }
  }
}
