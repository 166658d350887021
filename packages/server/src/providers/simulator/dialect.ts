import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './answer.ts'
import type { Ask, Refusal } from './ask.ts'

/** One wire format that the simulator speaks. One file each; `routes.ts` lists them. */
export type Dialect = {
  /** What it is called in the count. */
  name: string
  /** POST here. The groups of a pattern reach `decode`, URL-decoded. */
  path: string | RegExp
  /** Reads a request. Throws a `Refusal` for what the real API would refuse. */
  decode(request: Incoming): Ask | Promise<Ask>
  /** Calls of tools stand in one piece in this dialect. */
  wholeCalls?: boolean
  /** Costs nothing, such as counting tokens. */
  free?: boolean
  /** The whole answer as one body, JSON unless it names another type. */
  whole(ask: Ask, answer: Answer): string | { type: string; body: Frame }
  /** The answer as a stream of frames: one `chunks` entry for each piece of the answer. Absent: `stream` is never asked. */
  stream?(ask: Ask, answer: Answer): Frames
  /** The body of an error with a status. */
  error(refusal: Told): string
  /** What says it in the headers too. */
  errorHeaders?(refusal: Told): Record<string, string>
}

export type Incoming = {
  groups: string[]
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
  /** The body as JSON. Throws a `Refusal` when it is none. */
  json(): unknown
}

export type Told = Pick<Refusal, 'status' | 'message' | 'code' | 'param'>
export type Frame = string | Buffer

/** `head` leaves with the headers, before any content. */
export type Frames = {
  head: Frame
  chunks: Frame[]
  tail: Frame
  /** An error after `sent` chunks, instead of the rest. */
  error(refusal: Told, sent: number): Frame
  /** Server-sent events unless it says otherwise. */
  type?: string
  /** Something that no reader of the dialect can read. */
  garbage?: Frame
}

/** Frames as one body. */
export function joined(frames: readonly Frame[]): Frame {
  return frames.every((frame) => typeof frame === 'string')
    ? frames.join('')
    : Buffer.concat(frames.map((frame) => (typeof frame === 'string' ? Buffer.from(frame) : frame)))
}

/** A server-sent event, named or not. */
export const event = (name: string | null, data: unknown): string =>
  `${name === null ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`
