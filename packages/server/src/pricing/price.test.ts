import { calcPrice } from '@pydantic/genai-prices'
import { inputTokens, noUsage, outputTokens, type PriceEntry, type Usage } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPricing } from './price.ts'

const AT = Date.UTC(2026, 10, 1)
const usage = (some: Partial<Usage>): Usage => ({ ...noUsage(), ...some })
const list = createPricing([])

describe('the price package', () => {
  test('a call in integer nano-USD by bucket, with the version of the list', () => {
    const { cost, parts, version } = list.price({
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      usage: usage({ input: 1000, cacheRead: 500, output: 100 }),
      at: AT,
    })
    expect(parts).toEqual({ input: 2_500_000, cacheRead: 625_000, output: 1_000_000 })
    expect(cost).toBe(4_125_000)
    expect(version).toMatch(/^genai-prices@\d+\.\d+\.\d+$/)
  })

  test.each([
    { provider: 'openai', model: 'no-such-model' },
    { provider: 'openai', model: '' },
    { provider: 'local', model: 'gpt-4o' },
    { provider: 'openai-compatible', model: 'gpt-4o' },
    { provider: 'my-openai-proxy', model: 'gpt-4o' },
    { provider: '', model: 'llama-of-my-own' },
    { provider: '__proto__', model: '__proto__' },
  ])('$provider/$model has no known price: null, not 0', (call) => {
    expect(list.price({ ...call, usage: usage({ input: 1 }), at: AT })).toEqual({ cost: null, parts: {}, version: '' })
  })

  test('a bucket without a price makes the cost unknown: an embedding model has no price for output', () => {
    const call = { provider: 'openai', model: 'text-embedding-3-small', at: AT }
    expect(list.price({ ...call, usage: usage({ input: 1000 }) }).cost).toBe(20_000)
    expect(list.price({ ...call, usage: usage({ input: 1000, output: 1 }) }).cost).toBeNull()
  })

  test('a model that is priced by the hour is not free by the token', () => {
    expect(list.price({ provider: 'openai', model: 'whisper-1', usage: usage({ input: 5 }), at: AT }).cost).toBeNull()
  })

  test('no tokens cost nothing where the price is known', () => {
    expect(list.price({ provider: 'openai', model: 'gpt-4o', usage: noUsage(), at: AT })).toMatchObject({ cost: 0, parts: {} })
  })

  test.each([
    ['azure.ai.openai', 'gpt-4o', 'azure'],
    ['gcp.gemini', 'gemini-2.5-flash', 'google'],
    ['aws.bedrock', 'anthropic.claude-3-5-sonnet-20241022-v2:0', 'aws'],
    ['openai.chat', 'gpt-4o-mini', 'openai'],
    ['anthropic.messages', 'claude-sonnet-4-5', 'anthropic'],
    ['claude', 'claude-sonnet-4-5', 'anthropic'],
    ['', 'gpt-4o', 'openai'],
  ])('%s %s costs what the list says for %s', (provider, model, providerId) => {
    const { cost } = list.price({ provider, model, usage: usage({ input: 1_000_000 }), at: AT })
    const expected = calcPrice({ input_tokens: 1_000_000 }, model, { providerId, timestamp: new Date(AT) })
    expect(expected).not.toBeNull()
    expect(cost).toBe(Math.round((expected?.total_price ?? Number.NaN) * 1e9))
  })

  test('sums agree with the package, tiers and price changes included', () => {
    const models = [
      ['openai', 'gpt-4o'],
      ['openai', 'gpt-4o-audio-preview'],
      ['openai', 'gpt-5'],
      ['openai', 'o3'],
      ['anthropic', 'claude-sonnet-4-5'],
      ['anthropic', 'claude-opus-4-1'],
      ['google', 'gemini-2.5-pro'],
      ['google', 'gemini-2.5-flash'],
      ['deepseek', 'deepseek-chat'],
      ['x-ai', 'grok-4'],
      ['perplexity', 'sonar'],
      ['groq', 'llama-3.3-70b-versatile'],
    ] as const
    const n = fc.nat(400_000)
    const usages = fc.record({
      input: fc.integer({ min: 1, max: 400_000 }),
      cacheRead: n,
      cacheWrite: n,
      cacheWrite1h: n,
      inputAudio: n,
      output: n,
      reasoning: n,
      outputAudio: n,
    })
    const at = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2026, 11, 31) })
    fc.assert(
      fc.property(fc.constantFrom(...models), usages, at, ([providerId, model], some, time) => {
        const used = usage(some)
        const { cost, parts } = list.price({ provider: providerId, model, usage: used, at: time })
        const expected = calcPrice(
          {
            input_tokens: inputTokens(used),
            cache_read_tokens: used.cacheRead,
            cache_write_tokens: used.cacheWrite + used.cacheWrite1h,
            cache_write_1h_tokens: used.cacheWrite1h,
            input_audio_tokens: used.inputAudio,
            cache_audio_read_tokens: 0,
            cache_audio_write_tokens: 0,
            output_tokens: outputTokens(used),
            output_reasoning_tokens: used.reasoning,
            output_audio_tokens: used.outputAudio,
          },
          model,
          { providerId, timestamp: new Date(time) },
        )
        expect(Math.abs((cost ?? Number.NaN) - (expected?.total_price ?? Number.NaN) * 1e9)).toBeLessThan(10)
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(cost)
      }),
      { numRuns: 400 },
    )
  })
})

describe('prices of one’s own', () => {
  const entry = (some: Partial<PriceEntry> & { model: string }): PriceEntry => ({ input: 1, output: 1, ...some })
  const pricing = createPricing([
    entry({ model: 'gpt-*', input: 10 }),
    entry({ model: 'gpt-4*', input: 11 }),
    entry({ model: 'gpt-4o', input: 12 }),
    entry({ model: 'gpt-4o', provider: 'local', input: 13 }),
    entry({ model: 'gpt-*', provider: 'azure', input: 14 }),
    entry({ model: 'free', provider: 'local', input: 0, output: 0 }),
    entry({ model: 'cached', input: 4, output: 8, cacheRead: 0.4, cacheWrite: 5 }),
  ])
  test.each([
    ['openai', 'gpt-3', 10, 'the only prefix'],
    ['openai', 'gpt-4.1', 11, 'the longest prefix'],
    ['openai', 'gpt-4o', 12, 'the exact name before a prefix'],
    ['local', 'gpt-4o', 13, 'this provider before all'],
    ['azure', 'gpt-4o', 14, 'this provider before an exact name for all'],
    ['azure.ai.openai', 'gpt-4o', 14, 'another spelling of this provider'],
  ])('%s/%s: $%d, %s', (provider, model, usd) => {
    const { cost, version } = pricing.price({ provider, model, usage: usage({ input: 1_000_000 }), at: AT })
    expect(cost).toBe(usd * 1e9)
    expect(version).toMatch(/^file:[0-9a-f]{12}$/)
  })

  test('a price of 0 that was set is 0', () => {
    expect(pricing.price({ provider: 'local', model: 'free', usage: usage({ input: 9, output: 9 }), at: AT }).cost).toBe(0)
  })

  test('buckets that are not named cost what input or output costs; an hour of cache what a write costs', () => {
    const used = usage({ input: 1, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1, inputAudio: 1, output: 1, reasoning: 1 })
    expect(pricing.price({ provider: 'x', model: 'cached', usage: used, at: AT }).parts).toEqual({
      input: 4000,
      cacheRead: 400,
      cacheWrite: 5000,
      cacheWrite1h: 5000,
      inputAudio: 4000,
      output: 8000,
      reasoning: 8000,
    })
  })

  test('other models keep the price of the list', () => {
    expect(pricing.price({ provider: 'anthropic', model: 'claude-sonnet-4-5', usage: usage({ input: 1000 }), at: AT }).cost).toBe(3_000_000)
  })
})

test('the simulator has its published price', () => {
  const { cost, version } = list.price({
    provider: 'simulator',
    model: 'echo',
    usage: usage({ input: 10, cacheRead: 2, output: 3 }),
    at: AT,
  })
  expect(cost).toBe(12 * 1000 + 3 * 2000)
  expect(version).toBe('simulator@1')
})

test.each([
  ['images', { image: 0.04 }, { image: 3 }, 120_000_000],
  ['characters', { characters: 15 }, { character: 7 }, 105_000],
  ['seconds', { minute: 0.006 }, { second: 90 }, 9_000_000],
  ['a unit without a price', { image: 0.04 }, { second: 90 }, null],
  ['a request, which only what is free has a price for', {}, { request: 1 }, null],
])('%s are priced by one’s own price', (_, prices, units, cost) => {
  const { price } = createPricing([{ provider: 'p', model: 'm', input: 1, output: 1, ...prices }])
  expect(price({ provider: 'p', model: 'm', usage: noUsage(), units, at: 0 }).cost).toBe(cost)
})

test('what costs nothing by the token costs nothing by the request, but only where no other price is known', () => {
  const free = { provider: 'p', model: 'm', input: 0, output: 0 }
  const asked = { provider: 'p', model: 'm', usage: noUsage(), units: { request: 1 }, at: 0 }
  expect(createPricing([free]).price(asked).cost).toBe(0)
  expect(createPricing([{ ...free, image: 0.04 }]).price(asked).cost).toBe(null)
})
