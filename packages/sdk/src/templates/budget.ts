import { TemplateError } from './template-error.ts'

export type Limits = {
  /** Tags and operations that are carried out. */
  steps: number
  /** Sections, blocks, brackets and values within each other. */
  depth: number
  /** Characters that are written, also on the way to what comes out. */
  output: number
  /** Of the template itself, with its fragments. */
  template: number
  ms: number
}

export const LIMITS: Limits = { steps: 100_000, depth: 64, output: 8_000_000, template: 1_000_000, ms: 1000 }

const LOOK_EVERY = 512

/** What one rendering may still use. Whatever a template does, it ends with its result or with `limit`. */
export class Budget {
  readonly limits: Limits
  readonly #now: () => number
  readonly #end: number
  #steps = 0
  #output = 0

  constructor(limits: Limits = LIMITS, now: () => number = () => performance.now()) {
    this.limits = limits
    this.#now = now
    this.#end = now() + limits.ms
  }

  step(count = 1): void {
    const before = this.#steps
    this.#steps += count
    if (this.#steps > this.limits.steps) throw over(`takes more than ${this.limits.steps} steps`)
    if (before === 0 || Math.trunc(before / LOOK_EVERY) !== Math.trunc(this.#steps / LOOK_EVERY)) this.look()
  }

  wrote(characters: number): void {
    this.#output += characters
    if (this.#output > this.limits.output) throw over(`writes more than ${this.limits.output} characters`)
  }

  deeper(depth: number): void {
    if (depth > this.limits.depth) throw over(`is more than ${this.limits.depth} levels deep`)
  }

  look(): void {
    if (this.#now() > this.#end) throw over(`takes longer than ${this.limits.ms} ms`)
  }
}

const over = (what: string) => new TemplateError('limit', `The template ${what}.`)
