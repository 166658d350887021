import type { Snapshot } from '@signalbox/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWorld, until, type World } from '../world.case.ts'

let world: World
const cache = { mode: 'exact' as const, ttlSeconds: 60, similarity: 0.9 }
const withCache = (usual: Snapshot): Snapshot => {
  const { default: project } = usual.projects
  if (!project) throw new Error('no project')
  const small = { provider: 'openai', model: 'text-embedding-3-small' }
  const models = {
    vectors: { strategy: 'fallback' as const, targets: [small], cache },
    mixed: { strategy: 'fallback' as const, targets: [small, { provider: 'openai', model: 'text-embedding-3-large' }], cache },
  }
  return { ...usual, projects: { default: { ...project, models } } }
}
beforeEach(async () => {
  world = await startWorld(withCache)
  world.answer = (_, response) => {
    const { input } = JSON.parse(world.seen.at(-1)?.body ?? '{}') as { input: string | string[] }
    const texts = [input].flat()
    // In the wrong order, which clients have to bear.
    const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, index] })).reverse()
    const usage = { prompt_tokens: 1000 * texts.length, total_tokens: 1000 * texts.length }
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ object: 'list', data, model: 'text-embedding-3-small', usage }))
  }
})
afterEach(() => world.close())

const embed = (input: unknown, more: object = {}) => world.send({ path: '/v1/embeddings', body: { model: 'vectors', input, ...more } })
const lengths = (text: string) =>
  (JSON.parse(text) as { data: { index: number; embedding: number[] }[] }).data
    .toSorted((a, b) => a.index - b.index)
    .map(({ embedding }) => embedding[0])
const sent = () => world.seen.map(({ body }) => (JSON.parse(body) as { input: unknown }).input)
const lastEnd = async (count: number) => {
  await until(async () => (await world.recorded()).ends.length >= count)
  return (await world.recorded()).ends.at(-1)
}

test('of a list only the texts that are not known go upstream, and the answer is in order', async () => {
  await embed(['a', 'bb'])
  const got = await embed(['ccc', 'bb', 'dddd', 'a'])
  expect(sent()).toEqual([
    ['a', 'bb'],
    ['ccc', 'dddd'],
  ])
  expect(lengths(got.text)).toEqual([3, 2, 4, 1])
  expect(JSON.parse(got.text)).toMatchObject({ object: 'list', model: 'text-embedding-3-small', usage: { prompt_tokens: 2000 } })
  expect(got.headers['x-signalbox-cache']).toBe('miss')
  expect(await lastEnd(2)).toMatchObject({ cost: 40_000, cache: { status: 'miss', items: { hits: 2, misses: 2 }, savedCost: 40_000 } })
})

test('when all are known nothing goes upstream', async () => {
  await embed(['a', 'bb', 'a'])
  const [list, one] = [await embed(['bb', 'a']), await embed('bb')]
  expect([list, one].map(({ headers }) => headers['x-signalbox-cache'])).toEqual(['hit', 'hit'])
  expect([lengths(list.text), lengths(one.text)]).toEqual([[2, 1], [2]])
  expect(JSON.parse(list.text).usage).toEqual({ prompt_tokens: 0, total_tokens: 0 })
  expect(world.seen).toHaveLength(1)
  expect(await lastEnd(3)).toMatchObject({ cost: 0, usageSource: 'none', attempts: [], cache: { status: 'hit', savedCost: 20_000 } })
})

test('what the vectors are made for makes them others', async () => {
  await embed(['a'])
  await embed(['a'], { dimensions: 2 })
  await embed(['a'], { encoding_format: 'base64' })
  await embed([[1, 2]])
  await embed([1, 2])
  expect(sent()).toEqual([['a'], ['a'], ['a'], [[1, 2]]])
})

describe('vectors that do not belong together are not put together', () => {
  test('of an alias with several models only whole requests are kept', async () => {
    await embed(['a', 'bb'], { model: 'mixed' })
    await embed(['a'], { model: 'mixed' })
    const again = await embed(['a', 'bb'], { model: 'mixed' })
    expect(again.headers['x-signalbox-cache']).toBe('hit')
    expect(world.seen).toHaveLength(2)
  })
  test('an answer that is not one vector for each text is an error', async () => {
    await embed(['a'])
    world.answer = (_, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[],"model":"m"}')
    const got = await embed(['a', 'bb'])
    expect([got.status, got.text]).toEqual([502, expect.stringContaining('one vector for each text')])
  })
  test('an error of the provider is passed on', async () => {
    await embed(['a'])
    world.answer = (_, response) =>
      void response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"too long"}}')
    const got = await embed(['a', 'bb'])
    expect([got.status, got.text]).toEqual([400, '{"error":{"message":"too long"}}'])
  })
})
