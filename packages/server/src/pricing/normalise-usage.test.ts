import { inputTokens, noUsage, outputTokens, USAGE_BUCKETS, type Usage } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseUsage } from './normalise-usage.ts'
import { CONVENTIONS, type UsageConvention } from './usage-conventions.ts'

const CASES: { name: string; convention: UsageConvention; raw: unknown; usage: Partial<Usage>; flag?: string }[] = [
  {
    name: 'chat completions: cached, audio and reasoning are inside',
    convention: 'openai',
    raw: {
      prompt_tokens: 1000,
      completion_tokens: 300,
      total_tokens: 1300,
      prompt_tokens_details: { cached_tokens: 600, audio_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 120, audio_tokens: 30, accepted_prediction_tokens: 0 },
    },
    usage: { input: 300, cacheRead: 600, inputAudio: 100, output: 150, reasoning: 120, outputAudio: 30 },
  },
  {
    name: 'Responses',
    convention: 'openai',
    raw: {
      input_tokens: 36,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 87,
      output_tokens_details: { reasoning_tokens: 80 },
      total_tokens: 123,
    },
    usage: { input: 32, cacheRead: 4, output: 7, reasoning: 80 },
  },
  { name: 'embeddings have no output', convention: 'openai', raw: { prompt_tokens: 8, total_tokens: 8 }, usage: { input: 8 } },
  {
    name: 'xAI counts reasoning beside completion tokens, as the total shows',
    convention: 'openai',
    raw: { prompt_tokens: 32, completion_tokens: 9, total_tokens: 135, completion_tokens_details: { reasoning_tokens: 94 } },
    usage: { input: 32, output: 9, reasoning: 94 },
    flag: 'ambiguous',
  },
  {
    name: 'more cached tokens than input: they must be excluded',
    convention: 'openai',
    raw: { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 90 } },
    usage: { input: 10, cacheRead: 90, output: 5 },
    flag: 'ambiguous',
  },
  {
    name: 'audio that was cached is counted once',
    convention: 'openai',
    raw: { prompt_tokens: 100, completion_tokens: 1, total_tokens: 101, prompt_tokens_details: { cached_tokens: 80, audio_tokens: 50 } },
    usage: { input: 0, cacheRead: 80, inputAudio: 20, output: 1 },
    flag: 'ambiguous',
  },
  {
    name: 'a total that no reading reaches',
    convention: 'openai',
    raw: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 99 },
    usage: { input: 10, output: 5 },
    flag: 'mismatch',
  },
  {
    name: 'negative counts are clamped',
    convention: 'openai',
    raw: { prompt_tokens: -5, completion_tokens: 5 },
    usage: { output: 5 },
    flag: 'mismatch',
  },
  { name: 'only a total', convention: 'openai', raw: { total_tokens: 12 }, usage: { input: 12 }, flag: 'ambiguous' },
  {
    name: 'Anthropic excludes the cache and tells lifetimes apart',
    convention: 'anthropic',
    raw: {
      input_tokens: 12,
      cache_read_input_tokens: 2000,
      cache_creation_input_tokens: 900,
      cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 500 },
      output_tokens: 77,
      server_tool_use: { web_search_requests: 1 },
    },
    usage: { input: 12, cacheRead: 2000, cacheWrite: 400, cacheWrite1h: 500, output: 77 },
  },
  {
    name: 'Anthropic without lifetimes',
    convention: 'anthropic',
    raw: { input_tokens: 1, cache_creation_input_tokens: 900, cache_read_input_tokens: null, output_tokens: 2 },
    usage: { input: 1, cacheWrite: 900, output: 2 },
  },
  {
    name: 'Gemini: cache and media inside the prompt, thoughts beside the candidates',
    convention: 'gemini',
    raw: {
      promptTokenCount: 1000,
      cachedContentTokenCount: 400,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 500 },
        { modality: 'IMAGE', tokenCount: 258 },
        { modality: 'AUDIO', tokenCount: 242 },
      ],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 42 }],
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 30,
      totalTokenCount: 1087,
    },
    usage: { input: 149, cacheRead: 400, inputAudio: 200, inputImage: 258, output: 50, reasoning: 30 },
  },
  {
    name: 'GenAI attributes, current names',
    convention: 'genai',
    raw: {
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.cache_write.input_tokens': 10,
      'gen_ai.usage.output_tokens': 40,
      'gen_ai.usage.reasoning.output_tokens': 15,
    },
    usage: { input: 30, cacheRead: 60, cacheWrite: 10, output: 25, reasoning: 15 },
  },
  {
    name: 'GenAI attributes, old names and 64-bit integers as text',
    convention: 'genai',
    raw: { 'gen_ai.usage.prompt_tokens': '100', 'gen_ai.usage.cache_creation.input_tokens': '20', 'gen_ai.usage.completion_tokens': '40' },
    usage: { input: 80, cacheWrite: 20, output: 40 },
  },
  {
    name: 'OpenInference',
    convention: 'openinference',
    raw: {
      'llm.token_count.prompt': 50,
      'llm.token_count.completion': 20,
      'llm.token_count.total': 70,
      'llm.token_count.prompt_details.cache_read': 30,
    },
    usage: { input: 20, cacheRead: 30, output: 20 },
  },
  {
    name: 'Converse: the cache stands beside the input, whatever the total says',
    convention: 'bedrock',
    raw: {
      inputTokens: 10,
      outputTokens: 30,
      totalTokens: 40,
      cacheReadInputTokens: 5,
      cacheWriteInputTokens: 8,
      cacheDetails: [
        { ttl: '1h', inputTokens: 6 },
        { ttl: '5m', inputTokens: 2 },
      ],
    },
    usage: { input: 10, cacheRead: 5, cacheWrite: 2, cacheWrite1h: 6, output: 30 },
  },
  {
    name: 'Cohere: what is billed counts, not the prompt with its template',
    convention: 'cohere',
    raw: { billed_units: { input_tokens: 5, output_tokens: 418 }, tokens: { input_tokens: 71, output_tokens: 418 }, cached_tokens: 64 },
    usage: { input: 5, output: 418 },
  },
  {
    name: 'Cohere without billed units',
    convention: 'cohere',
    raw: { tokens: { input_tokens: 71, output_tokens: 418 } },
    usage: { input: 71, output: 418 },
  },
  {
    name: 'a disjoint map stays as it is',
    convention: 'disjoint',
    raw: { input: 5, input_cached_tokens: 50, output: 7, output_reasoning_tokens: 3, total: 65 },
    usage: { input: 5, cacheRead: 50, output: 7, reasoning: 3 },
  },
]

describe('normaliseUsage', () => {
  test.each(CASES)('$name', ({ convention, raw, usage, flag }) => {
    expect(normaliseUsage(raw, convention)).toEqual({ usage: { ...noUsage(), ...usage }, flag: flag ?? 'ok' })
  })

  test.each([null, undefined, 7, 'x', [], {}, { prompt_tokens: null }, { prompt_tokens: 'many' }, { choices: [] }])(
    '%j holds no usage',
    (raw) => {
      expect(normaliseUsage(raw, 'openai')).toBeUndefined()
    },
  )

  const conventions = fc.constantFrom(...(Object.keys(CONVENTIONS) as UsageConvention[]))
  const names = [
    ...new Set(
      Object.values(CONVENTIONS).flatMap((rule) => Object.values(rule).flatMap((paths) => (Array.isArray(paths) ? paths.flat() : []))),
    ),
  ]
  const strings = names.filter((name): name is string => typeof name === 'string')
  const number = fc.oneof(fc.nat(5000), fc.integer(), fc.double(), fc.constantFrom(Number.NaN, Infinity, '17', '-3', '1e99', null, 2 ** 60))
  const key = fc.constantFrom(...strings)
  const leaf = fc.dictionary(key, number, { maxKeys: 4 })
  const entry = fc.record({ modality: fc.constantFrom('TEXT', 'AUDIO', 'IMAGE'), tokenCount: number })
  const tree = fc.dictionary(key, fc.oneof(number, leaf, fc.array(fc.oneof(entry, number), { maxLength: 3 })), { maxKeys: 8 })

  test('whatever is sent, buckets are whole and never negative', () => {
    fc.assert(
      fc.property(fc.oneof(tree, tree, fc.anything({ maxDepth: 2 })), conventions, (raw, convention) => {
        const result = normaliseUsage(raw, convention)
        for (const bucket of USAGE_BUCKETS) {
          const value = result?.usage[bucket] ?? 0
          if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new Error(`${bucket} is ${value}`)
        }
      }),
      { numRuns: 3000 },
    )
  })

  const n = fc.nat(100_000)
  const usages = fc.record({
    input: n,
    cacheRead: n,
    cacheWrite: fc.constant(0),
    cacheWrite1h: fc.constant(0),
    inputAudio: n,
    inputImage: n,
    output: n,
    reasoning: n,
    outputAudio: n,
  })

  test('buckets that a dialect encodes inclusively come back disjoint, and add up to its total', () => {
    fc.assert(
      fc.property(usages, (usage) => {
        const total = inputTokens(usage) + outputTokens(usage)
        const openai = normaliseUsage(
          {
            prompt_tokens: inputTokens(usage),
            completion_tokens: outputTokens(usage),
            total_tokens: total,
            prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: usage.inputAudio, image_tokens: usage.inputImage },
            completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: usage.outputAudio },
          },
          'openai',
        )
        expect(openai).toEqual({ usage, flag: 'ok' })
        const gemini = normaliseUsage(
          {
            promptTokenCount: inputTokens(usage),
            cachedContentTokenCount: usage.cacheRead,
            promptTokensDetails: [
              { modality: 'AUDIO', tokenCount: usage.inputAudio },
              { modality: 'IMAGE', tokenCount: usage.inputImage },
            ],
            candidatesTokenCount: usage.output + usage.outputAudio,
            candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: usage.outputAudio }],
            thoughtsTokenCount: usage.reasoning,
            totalTokenCount: total,
          },
          'gemini',
        )
        expect(gemini).toEqual({ usage, flag: 'ok' })
        expect(normaliseUsage({ ...usage, total }, 'disjoint')).toEqual({ usage, flag: 'ok' })
      }),
    )
  })

  test('a flag that is not mismatch means: the buckets add up to the total that was sent', () => {
    const details = fc.record({ cached_tokens: n, audio_tokens: n }, { requiredKeys: [] })
    const raw = fc.record(
      { prompt_tokens: n, completion_tokens: n, total_tokens: n, prompt_tokens_details: details },
      { requiredKeys: ['total_tokens'] },
    )
    fc.assert(
      fc.property(raw, (sent) => {
        const result = normaliseUsage(sent, 'openai')
        if (!result || result.flag === 'mismatch') return
        expect(inputTokens(result.usage) + outputTokens(result.usage)).toBe(sent.total_tokens)
      }),
    )
  })
})
