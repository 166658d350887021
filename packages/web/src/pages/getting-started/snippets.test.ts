import { expect, it } from 'vitest'
import { SNIPPETS } from './snippets.ts'

const input = { origin: 'http://localhost:7500', model: 'simulator/echo', secretKey: 'sk-sb-secret' }

it.each(SNIPPETS)('$title names the address, the key and the model', ({ code }) => {
  const text = code(input)
  expect(text).toContain('http://localhost:7500/v1')
  expect(text).toContain('sk-sb-secret')
  expect(text).toContain('simulator/echo')
})
it('offers the five ways that were promised', () => {
  expect(SNIPPETS.map(({ id }) => id)).toEqual(['curl', 'openai-js', 'openai-python', 'vercel-ai', 'langchain'])
})
