import { noUsage } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { normaliseUsage } from './normalise-usage.ts'
import { usageOfDetails } from './usage-details.ts'

test.each<[string, unknown, object | undefined]>([
  ['buckets exclude each other', { input: 10, input_cached_tokens: 90, output: 5, total: 105 }, { input: 10, cacheRead: 90, output: 5 }],
  ['names of nobody count by how they begin', { input: 10, input_modality_x: 7, output: 1, output_thoughts: 2 }, { input: 17, output: 3 }],
  [
    'cache writes of both lifetimes',
    { input: 1, input_cache_creation_5m: 2, input_cache_creation_1h: 3 },
    { input: 1, cacheWrite: 2, cacheWrite1h: 3 },
  ],
  [
    'details of an OpenAI object are parts of its totals',
    { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, prompt_tokens_details: { cached_tokens: 60 } },
    { input: 40, cacheRead: 60, output: 20 },
  ],
  [
    'as in Responses',
    { input_tokens: 100, output_tokens: 20, output_tokens_details: { reasoning_tokens: 15 } },
    { input: 100, output: 5, reasoning: 15 },
  ],
  ['nothing', {}, undefined],
  ['a list', [1], undefined],
])('%s', (_name, details, expected) => {
  expect(usageOfDetails(details)?.usage).toEqual(expected && { ...noUsage(), ...expected })
})

test('details of LangChain are parts of its totals', () => {
  const raw = {
    input_tokens: 350,
    output_tokens: 240,
    total_tokens: 590,
    input_token_details: { audio: 10, cache_creation: 200, cache_read: 100 },
    output_token_details: { audio: 10, reasoning: 200 },
  }
  expect(normaliseUsage(raw, 'langchain')).toEqual({
    usage: { ...noUsage(), input: 40, cacheRead: 100, cacheWrite: 200, inputAudio: 10, output: 30, reasoning: 200, outputAudio: 10 },
    flag: 'ok',
  })
})
