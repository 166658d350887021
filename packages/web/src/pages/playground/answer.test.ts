import { expect, test } from 'vitest'
import { isVisible, NO_ANSWER, withChunk } from './answer.ts'

const delta = (given: object, rest: object = {}) => ({ choices: [{ index: 0, delta: given, ...rest }] })
const read = (...chunks: unknown[]) => chunks.reduce(withChunk, NO_ANSWER) as typeof NO_ANSWER

test('text, reasoning, the end and what it used', () => {
  const answer = read(
    delta({ role: 'assistant', content: '' }),
    delta({ reasoning_content: 'Hm. ' }),
    delta({ content: 'Four ' }),
    delta({ content: 'wheels.' }),
    delta({}, { finish_reason: 'stop' }),
    { choices: [], usage: { prompt_tokens: 12, completion_tokens: 3 } },
  )
  expect(answer).toEqual({
    ...NO_ANSWER,
    text: 'Four wheels.',
    reasoning: 'Hm. ',
    finishReason: 'stop',
    usage: { inputTokens: 12, outputTokens: 3 },
  })
  expect(isVisible(answer)).toBe(true)
  expect(isVisible(read(delta({ role: 'assistant', content: '' })))).toBe(false)
})

test('several calls of tools, in pieces and mixed', () => {
  const call = (index: number, given: object) => delta({ tool_calls: [{ index, ...given }] })
  const answer = read(
    call(0, { id: 'call_a', function: { name: 'weather', arguments: '' } }),
    call(1, { id: 'call_b', function: { name: 'time', arguments: '{"in":' } }),
    call(0, { function: { arguments: '{"city":"Rome"}' } }),
    call(1, { function: { arguments: '"Oslo"}' } }),
  )
  expect(answer.toolCalls).toEqual([
    { id: 'call_a', name: 'weather', arguments: '{"city":"Rome"}' },
    { id: 'call_b', name: 'time', arguments: '{"in":"Oslo"}' },
  ])
})

test('a whole completion is read as well, and what is no chunk changes nothing', () => {
  const whole = {
    choices: [{ message: { content: 'Hi', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }, finish_reason: 'tool_calls' }],
  }
  expect(read(whole)).toMatchObject({ text: 'Hi', toolCalls: [{ id: 'call_1', name: 'f', arguments: '{}' }], finishReason: 'tool_calls' })
  for (const given of [null, 'x', 3, [], { choices: {} }, { choices: [null] }]) expect(read(given)).toEqual(NO_ANSWER)
})
