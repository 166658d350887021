import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { estimateChat, estimateTokens } from './estimate-tokens.ts'

const PROSE = 'The quick brown fox jumps over the lazy dog; 37 clocks were striking thirteen. '
const prose = (characters: number) => PROSE.repeat(Math.ceil(characters / PROSE.length)).slice(0, characters)

describe('estimateTokens', () => {
  test.each(['', 'hello world', 'Straße, 東京, 🚀', prose(15_000)])('counts text of usual length exactly', async (text) => {
    expect(await estimateTokens(text, 'gpt-4o')).toBe(countTokens(text))
  })

  test('long text is counted by samples, within 2 %', async () => {
    const text = prose(400_000)
    const exact = countTokens(text)
    expect(Math.abs((await estimateTokens(text, 'gpt-4o')) - exact)).toBeLessThan(exact * 0.02)
  })

  test.each(['a', ' ', '=', '7', '東'])('a run of 50,000 × "%s" is counted by its start', async (character) => {
    const tokens = await estimateTokens(character.repeat(50_000), 'gpt-4o')
    expect(tokens).toBeGreaterThan(300)
    expect(tokens).toBeLessThanOrEqual(50_000)
  })

  test('text that spells a special token is text', async () => {
    expect(await estimateTokens('a <|endoftext|> b', 'llama-3')).toBeGreaterThan(4)
  })

  test('older models have their own table', async () => {
    const text = '東京は日本の首都です。'
    expect(await estimateTokens(text, 'gpt-3.5-turbo')).not.toBe(await estimateTokens(text, 'gpt-4o'))
  })
})

describe('estimateChat', () => {
  test('messages with their overhead, and the answer', async () => {
    const usage = await estimateChat({ messages: [{ role: 'user', content: 'hello world' }] }, 'hello world', 'llama')
    expect(usage).toMatchObject({ input: 2 + 4 + 3, output: 2, inputImage: 0 })
  })

  test('parts, tool calls and definitions count; images count by size, not by their bytes', async () => {
    const plain = await estimateChat({ messages: [{ role: 'user', content: 'look' }] }, '', 'llama')
    const rich = await estimateChat(
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'look' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(9000)}` } },
              { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            ],
          },
          { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'find', arguments: '{}' } }] },
        ],
        tools: [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }],
      },
      '',
      'llama',
    )
    expect(rich.inputImage).toBe(850)
    expect(rich.input).toBeGreaterThan(plain.input + 20)
    expect(rich.input).toBeLessThan(200)
  })

  test.each([undefined, null, 7, 'text', {}, { messages: 7 }, { messages: [null, [[[[[[[['deep']]]]]]]]] }])(
    '%j is no reason to fail',
    async (request) => {
      expect((await estimateChat(request, 'four words of answer', 'llama')).output).toBe(4)
    },
  )

  test('completions and embeddings', async () => {
    expect((await estimateChat({ prompt: 'hello world' }, '', 'x')).input).toBe(2)
    expect((await estimateChat({ input: ['hello', 'hello'] }, '', 'x')).input).toBe(3)
  })
})
