import { readFileSync } from 'node:fs'
import type { AnswerDecoder } from '../codec.ts'
import type { AnswerEvent, Call } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'

/** A recorded shape of Gemini's, beside this file in `__fixtures__`. */
export const fixture = (name: string): Buffer => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url))

export const json = (name: string): Record<string, unknown> => JSON.parse(fixture(name).toString('utf8'))

/** The events that a decoder makes of a stream, given in pieces. */
export function readStream(decoder: AnswerDecoder, pieces: readonly Buffer[]): AnswerEvent[] {
  const reader = new ServerEventReader()
  const events = pieces.flatMap((piece) => reader.push(piece)).flatMap((event) => decoder.push(event))
  return [...events, ...reader.finish().flatMap((event) => decoder.push(event)), ...decoder.finish()]
}

/** Cuts bytes at the given places. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

export const callOf = (over: Partial<Call> = {}): Call => ({
  dialect: 'gemini',
  model: 'gemini-2.5-flash',
  stream: false,
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  serverTools: [],
  extras: {},
  ...over,
})
