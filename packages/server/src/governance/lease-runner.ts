import type { LeaseBook } from './lease-book.ts'
import type { LeaseAnswer, LeaseReport } from './lease-words.ts'

const LOOK_EVERY_MS = 100
/** Asking takes at most this part of the time. */
const SHARE = 1 / 5

export type RunnerOptions = {
  book: LeaseBook
  ask(report: LeaseReport): Promise<LeaseAnswer>
  /** There is anything to count. */
  isNeeded(): boolean
  onAnswer(): void
  warn(error: unknown): void
}

/** Carries what an edge holds to the core, and back what it may spend: one report at a time, at once where something runs low. */
export class LeaseRunner {
  readonly #options: RunnerOptions
  #timer: NodeJS.Timeout | undefined
  #asking: Promise<void> | undefined
  #next = 0
  #failed = false

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#timer.unref()
  }

  /** Gives back what is held. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#asking
    const { book, ask, isNeeded, warn } = this.#options
    const report = isNeeded() ? book.report({ leaves: true }) : undefined
    if (report) await ask(report).catch(warn)
  }

  #look(): void {
    if (this.#asking || performance.now() < this.#next || !this.#options.isNeeded()) return
    const report = this.#options.book.report()
    if (report)
      this.#asking = this.#ask(report).finally(() => {
        this.#asking = undefined
      })
  }

  async #ask(report: LeaseReport): Promise<void> {
    const { book, ask, onAnswer, warn } = this.#options
    const began = performance.now()
    try {
      book.take(await ask(report))
      this.#failed = false
      onAnswer()
    } catch (error) {
      // It is said once, not each second.
      if (!this.#failed) warn(error)
      this.#failed = true
    } finally {
      const now = performance.now()
      this.#next = now + (now - began) / SHARE
    }
  }
}
