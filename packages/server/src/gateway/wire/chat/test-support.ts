import { readFileSync } from 'node:fs'
import type { ServerEvent } from '../codec.ts'
import { collect } from '../collect.ts'
import type { Answer, AnswerEvent, Call } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'
import { chat } from './codec.ts'

/** For tests: a recorded transcript as text. */
export const fixture = (name: string): string => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), 'utf8')

export const call = (more: Partial<Call> = {}): Call => ({
  dialect: 'openai-chat',
  model: 'm',
  stream: true,
  system: [],
  turns: [],
  tools: [],
  serverTools: [],
  extras: {},
  ...more,
})

export function serverEvents(text: string): ServerEvent[] {
  const reader = new ServerEventReader()
  return [...reader.push(Buffer.from(text)), ...reader.finish()]
}

export function streamed(text: string, of: Call = call()): AnswerEvent[] {
  const decoder = chat.decodeAnswer(of)
  return [...serverEvents(text).flatMap((event) => decoder.push(event)), ...decoder.finish()]
}

export const whole = (body: unknown, of: Call = call()): AnswerEvent[] => chat.decodeAnswer(of).whole(body)
export const answerOf = (events: Iterable<AnswerEvent>): Answer => collect(events)

/** A stream of chunks with the given deltas of choice 0. */
export const chunks = (...deltas: object[]): string =>
  deltas.map((choice) => `data: ${JSON.stringify({ id: 'c', model: 'm', created: 1, choices: [{ index: 0, ...choice }] })}\n\n`).join('')
