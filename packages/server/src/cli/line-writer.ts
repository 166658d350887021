import type { Writable } from 'node:stream'

const FULL = 64 * 1024

/** Writes lines in pieces that are worth a system call, and waits where the reader is slower. A reader that has gone ends it quietly. */
export class LineWriter {
  closed = false
  readonly #out: Writable
  #text = ''

  constructor(out: Writable) {
    this.#out = out
    out.on('error', () => {
      this.closed = true
    })
  }

  /** A promise only where something must be waited for. */
  write(line: string): Promise<void> | undefined {
    this.#text += `${line}\n`
    return this.#text.length >= FULL ? this.#flush() : undefined
  }

  async end(): Promise<void> {
    await this.#flush()
  }

  async #flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (this.closed || text === '') return
    await new Promise<void>((done) => this.#out.write(text, () => done()))
  }
}
