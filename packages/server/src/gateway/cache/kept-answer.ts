import { isUtf8 } from 'node:buffer'
import type { Usage } from '@signalbox/schema'

/** How an answer was given: `usage-stream` tells the usage at its end, `array` is a stream as one JSON array. */
export type Form = 'whole' | 'stream' | 'usage-stream' | 'array'

/** A complete, good answer as its client got it, and what it had cost. */
export type KeptAnswer = {
  form: Form
  /** The content type, and the status of HTTP. */
  type: string
  status: number
  body: Buffer
  /** Of a stream: bytes of each piece, and milliseconds since the first one. */
  pieces: readonly (readonly [bytes: number, ms: number])[]
  /** Where it came from, and the model that answered. */
  provider: string
  target: string
  model: string
  finishReason: string
  usage: Usage | null
  /** Nano-USD; null is unknown. */
  cost: number | null
  ms: number
  /** The span and the trace of its call. */
  span: string
  trace: string
  /** Milliseconds since 1970. */
  at: number
}

/** A line that says what it is, then the answer. */
export function encodeKept({ body, ...head }: KeptAnswer): string {
  const isText = isUtf8(body)
  return `${JSON.stringify({ v: 1, isText, ...head })}\n${isText ? body.toString('utf8') : body.toString('base64')}`
}

/** Undefined for what was written by another version, or is damaged. */
export function decodeKept(text: string): KeptAnswer | undefined {
  const end = text.indexOf('\n')
  try {
    const { v, isText, ...head } = JSON.parse(text.slice(0, end)) as Omit<KeptAnswer, 'body'> & { v: number; isText: boolean }
    return v === 1 ? { ...head, body: Buffer.from(text.slice(end + 1), isText ? 'utf8' : 'base64') } : undefined
  } catch {
    return undefined
  }
}
