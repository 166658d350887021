import type { StreamFacts } from './openai-stream.ts'

/** Reads along while a stream passes to its client in its own bytes. One per stream. */
export interface StreamWatch {
  readonly facts: StreamFacts
  /** Bytes in, bytes for the client out; `last` is what ends the stream and is held by the caller until the record is written. */
  push(bytes: Buffer): { pass: Buffer; last: Buffer | undefined }
  /** The stream is over: what is left may be a last event without its blank line. */
  finish(): { pass: Buffer; last: Buffer | undefined }
}
