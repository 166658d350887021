import { StringDecoder } from 'node:string_decoder'
import type { ServerEvent } from './codec.ts'

/**
 * Reads server-sent events from bytes as they come: any of LF, CRLF and CR, a byte order mark, comments, several `data:`
 * lines, lines cut anywhere, also within a character, and a last event without its empty line.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class ServerEventReader {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #event = ''
  #data: string[] = []
  #first = true

  push(chunk: Buffer): ServerEvent[] {
    return this.#read(this.#decoder.write(chunk), false)
  }

  finish(): ServerEvent[] {
    const events = this.#read(this.#decoder.end(), true)
    if (this.#data.length > 0) events.push(this.#take())
    return events
  }

  #read(text: string, last: boolean): ServerEvent[] {
    const events: ServerEvent[] = []
    let rest = this.#rest + text
    if (this.#first && rest.length > 0) {
      this.#first = false
      if (rest.charCodeAt(0) === 0xfeff) rest = rest.slice(1)
    }
    let at = 0
    for (;;) {
      const end = lineEnd(rest, at)
      // A CR at the very end may be half of a CRLF.
      if (end < 0 || (!last && end === rest.length - 1 && rest[end] === '\r')) break
      this.#line(rest.slice(at, end), events)
      at = rest[end] === '\r' && rest[end + 1] === '\n' ? end + 2 : end + 1
    }
    this.#rest = rest.slice(at)
    if (last && this.#rest !== '') this.#line(this.#rest, events)
    return events
  }

  #line(line: string, events: ServerEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push(this.#take())
      this.#event = ''
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
  }

  #take(): ServerEvent {
    const event = { event: this.#event, data: this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n') }
    this.#data = []
    this.#event = ''
    return event
  }
}

function lineEnd(text: string, from: number): number {
  const lf = text.indexOf('\n', from)
  const cr = text.indexOf('\r', from)
  if (cr < 0) return lf
  return lf < 0 ? cr : Math.min(lf, cr)
}
