import { expect, test } from 'vitest'
import { NO_ANSWER } from './answer.ts'
import { factsOf } from './run-facts.ts'

const step = (usage: { inputTokens: number; outputTokens: number } | null, firstTokenMs: number | null, ms: number | null) => ({
  answer: { ...NO_ANSWER, usage },
  results: {},
  firstTokenMs,
  ms,
})
const call = (costUsd: string | null) => ({ costUsd, inputTokens: 10, outputTokens: 20, firstTokenMs: 100, durationMs: 500 })

test('what the page saw, until the trace can be read', () => {
  expect(
    factsOf({ steps: [step({ inputTokens: 5, outputTokens: 10 }, 50, 250), step({ inputTokens: 7, outputTokens: 10 }, 100, 300)] }),
  ).toEqual({
    costUsd: null,
    inputTokens: 12,
    outputTokens: 20,
    firstTokenMs: 50,
    ms: 550,
    tokensPerSecond: 50,
  })
  expect(factsOf({ steps: [step(null, null, null)] })).toMatchObject({ inputTokens: null, ms: null, tokensPerSecond: null })
  expect(factsOf({ steps: [] })).toMatchObject({ inputTokens: null, ms: null })
})

test('what the trace says goes before it', () => {
  const steps = [step(null, 1, 2), step(null, 1, 2)]
  expect(factsOf({ steps }, [call('0.0001'), call('0.0002')])).toEqual({
    costUsd: '0.0003',
    inputTokens: 20,
    outputTokens: 40,
    firstTokenMs: 100,
    ms: 1000,
    tokensPerSecond: 50,
  })
  expect(factsOf({ steps }, [call('0.0001'), call(null)]).costUsd).toBeNull()
})
