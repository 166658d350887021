import { AppError } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { answerHeaders } from './answer-headers.ts'
import { doors } from './doors.ts'

const FACTS = { ids: { requestId: 'r', traceId: 't', parentId: '', fromClient: false }, provider: 'p', model: 'm', attempts: 1 }
const UPSTREAM = { 'x-ratelimit-limit-requests': '9', 'x-ratelimit-limit-tokens': '90' }
const named = (list: readonly string[], name: string) => list.flatMap((one, at) => (at % 2 === 0 && one === name ? [list[at + 1]] : []))

test('limits of ours stand in place of the provider’s own of the same name, and its others stay', () => {
  const ours = answerHeaders(UPSTREAM, { ...FACTS, limits: ['x-ratelimit-limit-requests', '3'] })
  expect(named(ours, 'x-ratelimit-limit-requests')).toEqual(['3'])
  expect(named(ours, 'x-ratelimit-limit-tokens')).toEqual(['90'])
  expect(named(answerHeaders(UPSTREAM, FACTS), 'x-ratelimit-limit-requests')).toEqual(['9'])
})

const spent = new AppError('budget-exceeded', 'spent', { data: { budget: { measure: 'money' } } })
const limited = new AppError('rate-limited', 'too much', { data: { budget: { measure: 'tokens' } } })
test.each([
  ['chat', spent, 429, { error: { type: 'insufficient_quota', code: 'insufficient_quota' } }],
  ['completions', spent, 429, { error: { code: 'insufficient_quota' } }],
  ['responses', spent, 429, { error: { code: 'insufficient_quota' } }],
  ['messages', spent, 402, { type: 'error', error: { type: 'billing_error' } }],
  ['gemini', spent, 429, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }],
  ['cohere', spent, 402, { message: 'spent' }],
  ['chat', limited, 429, { error: { type: 'tokens', code: 'rate_limit_exceeded' } }],
  ['messages', limited, 429, { error: { type: 'rate_limit_error' } }],
  ['gemini', limited, 429, { error: { status: 'RESOURCE_EXHAUSTED' } }],
] as const)('clients of %s hear of a budget in their own words: %s', (door, error, status, body) => {
  const told = doors[door].encodeError(error)
  expect(told.status).toBe(status)
  expect(told.body).toMatchObject(body)
})
