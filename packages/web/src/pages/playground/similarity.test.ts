import { expect, test } from 'vitest'
import { cosine, embeddingModels } from './similarity.ts'

test('the cosine of vectors', () => {
  expect(cosine([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12)
  expect(cosine([1, 0], [0, 1])).toBe(0)
  expect(cosine([1, 0], [-1, 0])).toBe(-1)
  expect(cosine([0, 0], [1, 1])).toBe(0)
})

test('models that embed are told by their names and by what uses them', () => {
  const target = (model: string) => ({ targets: [{ provider: 'openai', model }] })
  expect(
    embeddingModels([
      { name: 'support', ...target('gpt-4o'), cache: { mode: 'semantic', embeddings: 'vectors', ttlSeconds: 1, similarity: 1 } },
      { name: 'search', ...target('text-embedding-3-small') },
      { name: 'vectors', ...target('bge-m3') },
    ] as never),
  ).toEqual(['search', 'vectors'])
  expect(embeddingModels([{ name: 'support', ...target('gpt-4o') }] as never)).toEqual([])
})
