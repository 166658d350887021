/** What a stream turned out to be, filled in while its bytes pass. */
export type StreamFacts = {
  model: string
  finishReason: string
  /** How many answers have said why they finished, where a stream can hold several. */
  finished?: number
  usage: unknown
  /** Something a reader can see has passed: text, reasoning, a tool call, a refusal, audio. */
  hasContent: boolean
  /** `[DONE]` has passed. */
  done: boolean
  /** The provider sent an error event. */
  error: string
}

/** Reads along while a stream passes to its client in its own bytes. One per stream. */
export interface StreamWatch {
  readonly facts: StreamFacts
  /** Bytes in, bytes for the client out; `last` is what ends the stream and is held by the caller until the record is written. */
  push(bytes: Buffer): { pass: Buffer; last: Buffer | undefined }
  /** The stream is over: what is left may be a last event without its blank line. */
  finish(): { pass: Buffer; last: Buffer | undefined }
}

const NEWLINES = Buffer.from('\n\n')
const CRLFS = Buffer.from('\r\n\r\n')

/** The payload of an event: its `data:` lines joined, as the SSE specification says. */
export function dataOf(event: string): string | undefined {
  if (event.startsWith('data: ') && event.indexOf('\n') >= event.trimEnd().length) return event.slice(6).trimEnd()
  const lines = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'))
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n')
}

/** Past the last blank line. */
export function endOfEvents(buffer: Buffer): number {
  // Most chunks of bytes are whole events.
  if (buffer[buffer.length - 1] === 0x0a && buffer[buffer.length - 2] === 0x0a) return buffer.length
  const plain = buffer.lastIndexOf(NEWLINES)
  const crlf = buffer.lastIndexOf(CRLFS)
  return Math.max(plain === -1 ? 0 : plain + 2, crlf === -1 ? 0 : crlf + 4)
}

/** Past the blank line that ends the event at `start`, or the end of the bytes. */
export function endOfEvent(buffer: Buffer, start: number): number {
  const plain = buffer.indexOf(NEWLINES, start)
  const crlf = buffer.indexOf(CRLFS, start)
  return Math.min(plain === -1 ? buffer.length : plain + 2, crlf === -1 ? buffer.length : crlf + 4)
}
