import type { AppError } from '@signalbox/schema'
import { expect, test } from 'vitest'
import type { Json } from '../chat/check.ts'
import { chat } from '../chat/codec.ts'
import { answerOf, fixture, streamed } from '../chat/test-support.ts'
import type { AnswerEvent } from '../language.ts'
import { completions } from './codec.ts'

const decode = (more: Json, address = {}) => completions.decodeCall({ model: 'm', prompt: 'Say it', ...more }, address)
const asked = decode({ stream: true, stream_options: { include_usage: true } })

function written(events: AnswerEvent[], of = asked): string {
  const encoder = completions.encodeAnswer(of, { id: 'made' })
  return events.map((event) => encoder.push(event)).join('')
}

test('a prompt is what the user says, and reaches a chat target', () => {
  const sent = { max_tokens: 5, temperature: 0, stop: ['a'], n: 2, logprobs: 3, user: 'u', seed: 1, logit_bias: { 5: 1 } }
  const call = decode({ ...sent, echo: true, suffix: 'end', best_of: 3 })
  expect(chat.encodeCall(call, { model: 't', streamUsage: true })).toEqual({
    body: { model: 't', messages: [{ role: 'user', content: 'Say it' }], ...sent, logprobs: true, top_logprobs: 3 },
    dropped: ['echo', 'suffix', 'best_of'],
  })
})

test('what asks for nothing is not dropped either', () => {
  expect(decode({ prompt: ['Say it'], echo: false, suffix: null, best_of: 1 })).toEqual(decode({}))
})

test.each([
  [undefined, 'is missing'],
  [7, 'must be a string or a list of one string'],
  [[], 'must be a string or a list of one string'],
  [['a', 'b'], 'has 2 entries'],
  [[1, 2, 3], 'not token ids'],
  [[[1], [2]], 'not token ids'],
])('refuses the prompt %j: it %s', (prompt, problem) => {
  expect(() => decode({ prompt })).toThrow(
    expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining(problem), data: { param: 'prompt' } }) as AppError,
  )
})

test.each([{ logprobs: true }, { echo: 'yes' }, { best_of: -1 }, { max_tokens: 'many' }])('refuses %j', (more) => {
  const [param] = Object.keys(more)
  expect(() => decode(more)).toThrow(expect.objectContaining({ code: 'invalid-request', data: { param } }) as AppError)
})

test.each(['text', 'choices', 'refusal', 'reasoning'])('%s: the stream reads as recorded', (name) => {
  expect(written(streamed(fixture(`${name}.sse`)))).toMatchSnapshot()
})

test.each(['text', 'choices', 'refusal', 'reasoning'])('%s: the whole answer is what the stream says', (name) => {
  const events = streamed(fixture(`${name}.sse`))
  const body = completions.encodeAnswer(asked, { id: 'made' }).whole(answerOf(events))
  type Choice = { text: string; index: number; finish_reason: string | null; logprobs: { text_offset: number[] } | null }
  const chunks = written(events)
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as { choices: Choice[]; usage?: unknown } & Json)
  const choices: Choice[] = []
  for (const part of chunks.flatMap((chunk) => chunk.choices)) {
    const known = choices[part.index]
    if (!known) choices[part.index] = { ...part }
    else
      Object.assign(known, { text: known.text + part.text, finish_reason: part.finish_reason, logprobs: known.logprobs ?? part.logprobs })
  }
  const { id, object, created, model }: Json = chunks[0] ?? {}
  const usage = chunks.findLast((chunk) => chunk.usage)?.usage
  expect({ id, object, created, model, choices, ...(usage !== undefined && { usage }) }).toEqual(body)
  expect(object).toBe('text_completion')
})

test('a failure is an error with nothing behind it', () => {
  const text = completions.encodeAnswer(asked, { id: 'made' }).fail({ message: 'gone' })
  expect(JSON.parse(text.slice(6))).toEqual({ error: { message: 'gone', type: 'server_error', param: null, code: null } })
})
