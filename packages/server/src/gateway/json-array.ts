import { ServerEventReader } from './wire/server-events.ts'

/**
 * Turns server-sent events into the elements of one JSON array, which is how Gemini streams to a client that did not ask for
 * `alt=sse`. Bytes in, text out; the array is closed by `end`.
 */
export class JsonArrayFraming {
  readonly #reader = new ServerEventReader()
  #isFirst = true

  push(bytes: Buffer | string): string {
    return this.#elements(this.#reader.push(typeof bytes === 'string' ? Buffer.from(bytes) : bytes))
  }

  end(): string {
    const rest = this.#elements(this.#reader.finish())
    return `${rest}${this.#isFirst ? '[' : ''}]`
  }

  #elements(events: readonly { data: string }[]): string {
    let text = ''
    for (const { data } of events) {
      text += `${this.#isFirst ? '[' : ',\r\n'}${data}`
      this.#isFirst = false
    }
    return text
  }
}
