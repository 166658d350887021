import type { Answer } from './answer.ts'
import type { Ask, Refusal } from './ask.ts'

/** One wire format that the simulator speaks. One file each; `server.ts` lists them. */
export type Dialect = {
  /** POST here. */
  path: string
  /** Reads a request. Throws a `Refusal` for what the real API would refuse. */
  decode(body: unknown): Ask
  /** The whole answer as one body. */
  whole(ask: Ask, answer: Answer): string
  /** The answer as a stream of frames: one `chunks` entry for each piece of the answer. */
  stream(ask: Ask, answer: Answer): Frames
  /** The body of an error with a status. */
  error(refusal: Pick<Refusal, 'status' | 'message' | 'code' | 'param'>): string
  /** An error in the middle of a stream. */
  errorFrame(refusal: Pick<Refusal, 'status' | 'message' | 'code' | 'param'>): string
}

/** `head` leaves with the headers, before any content. */
export type Frames = { head: string; chunks: string[]; tail: string }
