import type { ServerResponse } from 'node:http'
import type { Snapshot } from '@signalbox/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWorld, until, type World } from '../world.case.ts'

let world: World
let content = true
let rejected: string[] = []
const withCache = (usual: Snapshot): Snapshot => {
  const { default: project } = usual.projects
  if (!project) throw new Error('no project')
  const cache = { mode: 'semantic' as const, ttlSeconds: 60, similarity: 0.9, embeddings: 'openai/text-embedding-3-small' }
  const models = {
    faq: { strategy: 'fallback' as const, targets: [{ provider: 'openai', model: 'gpt-4o' }], cache },
    claude: { strategy: 'fallback' as const, targets: [{ provider: 'anthropic', model: 'claude-sonnet-4-5' }], cache },
    deaf: {
      strategy: 'fallback' as const,
      targets: [{ provider: 'openai', model: 'gpt-4o' }],
      cache: { ...cache, embeddings: 'gone/none' },
    },
  }
  const capture = { ...project.capture, content }
  const given = { purged: 0, purgedModels: {}, rejected }
  return { ...usual, projects: { default: { ...project, models, capture, cache: given } } }
}
/** How the embedding endpoint answers. */
let embeddings: (text: string, response: ServerResponse) => void
const start = async () => {
  world = await startWorld(withCache)
  world.answer = (request, response) => {
    const body = JSON.parse(world.seen.at(-1)?.body ?? '{}') as { input?: string; messages?: { content: string }[] }
    if (request.url === '/v1/embeddings') return embeddings(body.input ?? '', response)
    const said = `answer ${world.seen.length}`
    if (request.url === '/v1/messages')
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'claude',
          content: [{ type: 'text', text: said }],
          stop_reason: 'end_turn',
          usage: { input_tokens: 1, output_tokens: 1 },
        }),
      )
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: 'c',
        object: 'chat.completion',
        model: 'gpt-4o',
        choices: [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 1 },
      }),
    )
  }
}
beforeEach(async () => {
  content = true
  rejected = []
  // A bag of words: the closer the words, the closer the vectors.
  embeddings = (text, response) => {
    const vector = Array(64).fill(0.01)
    for (const word of text.toLowerCase().match(/\w+/g) ?? [])
      vector[[...word].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 64] += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        object: 'list',
        data: [{ index: 0, embedding: vector }],
        model: 'text-embedding-3-small',
        usage: { prompt_tokens: 1000, total_tokens: 1000 },
      }),
    )
  }
  await start()
})
afterEach(() => world.close())

const ask = (text: string, more: object = {}, headers: Record<string, string> = {}) =>
  world.send({ path: '/v1/chat/completions', body: { model: 'faq', messages: [{ role: 'user', content: text }], ...more }, headers })
const urls = () => world.seen.map(({ url }) => url)
const recorded = async (count: number) => {
  await until(async () => (await world.recorded()).ends.length >= count)
  const { starts, ends } = await world.recorded()
  return ends.map((end, at) => ({ ...end, start: starts[at] }))
}
const POLICY = 'What is our company leave policy for this year?'
const CLOSE = 'what is our company leave policy this year'

test('a question in other words gets the kept answer, and the record says how close it was', async () => {
  const first = await ask(POLICY)
  const second = await ask(CLOSE, {}, { 'x-signalbox-user': 'ann' })
  expect([first, second].map(({ headers }) => headers['x-signalbox-cache'])).toEqual(['miss', 'semantic'])
  expect(second.text).toBe(first.text)
  expect(urls()).toEqual(['/v1/embeddings', '/v1/chat/completions', '/v1/embeddings'])
  const ends = await recorded(4)
  const { starts } = await world.recorded()
  const parents = starts.filter(({ kind }) => kind === 'llm')
  const children = starts.filter(({ kind }) => kind === 'embedding')
  expect(children.map(({ parentId, traceId }) => [parentId, traceId])).toEqual(parents.map(({ spanId, traceId }) => [spanId, traceId]))
  expect(children.at(-1)).toMatchObject({ requestModel: 'openai/text-embedding-3-small', userId: 'ann', keyId: 'key_1' })
  expect(ends.at(-1)).toMatchObject({
    cost: 0,
    attempts: [],
    cache: { status: 'semantic', of: parents[0]?.spanId, similarity: expect.any(Number), question: CLOSE, keptQuestion: POLICY },
  })
  expect(ends.filter(({ cost }) => cost === 20_000)).toHaveLength(2)
})

test('the identical question is found without a vector', async () => {
  await ask(POLICY)
  expect((await ask(POLICY)).headers['x-signalbox-cache']).toBe('hit')
  expect(urls()).toEqual(['/v1/embeddings', '/v1/chat/completions'])
})

test('a false friend is asked anew, and the record says why', async () => {
  await ask('How do I enable two factor login for my account in the app?')
  const other = await ask('How do I disable two factor login for my account in the app?')
  expect(other.headers['x-signalbox-cache']).toBe('miss')
  const refused = (await recorded(4)).find(({ cache }) => cache?.refused)
  expect(refused?.cache).toMatchObject({
    status: 'miss',
    similarity: expect.any(Number),
    refused: ['opposites: disable / enable'],
    keptQuestion: 'How do I enable two factor login for my account in the app?',
  })
})

describe('only the last question may differ', () => {
  test.each([
    [
      'the system prompt',
      {
        messages: [
          { role: 'system', content: 'Be brief' },
          { role: 'user', content: CLOSE },
        ],
      },
    ],
    ['a tool', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    [
      'an image beside it',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: CLOSE },
              { type: 'image_url', image_url: { url: 'x' } },
            ],
          },
        ],
      },
    ],
    [
      'the result of a tool',
      {
        messages: [
          { role: 'user', content: CLOSE },
          { role: 'tool', tool_call_id: 'x', content: '1' },
        ],
      },
    ],
  ])('%s', async (_, more) => {
    await ask(POLICY)
    expect((await ask(CLOSE, more)).headers['x-signalbox-cache']).toBe('miss')
  })
})

test('another dialect', async () => {
  const body = (text: string) => ({ model: 'claude', max_tokens: 9, messages: [{ role: 'user', content: [{ type: 'text', text }] }] })
  const answers = [
    await world.send({ path: '/v1/messages', body: body(POLICY) }),
    await world.send({ path: '/v1/messages', body: body(CLOSE) }),
  ]
  expect(answers.map(({ headers }) => headers['x-signalbox-cache'])).toEqual(['miss', 'semantic'])
})

describe('without a vector it is a miss like any other', () => {
  test.each([
    ['refused', (_: string, response: ServerResponse) => void response.writeHead(500).end()],
    [
      'garbage',
      (_: string, response: ServerResponse) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}'),
    ],
  ])('%s', async (_, answer) => {
    embeddings = answer
    const answers = [await ask(POLICY), await ask(POLICY)]
    expect(answers.map(({ status, headers }) => [status, headers['x-signalbox-cache']])).toEqual([
      [200, 'miss'],
      [200, 'hit'],
    ])
  })
  test('no such provider', async () => {
    expect((await ask(POLICY, { model: 'deaf' })).status).toBe(200)
  })
  test('a provider that hangs is given up after two seconds, and its call is recorded', async () => {
    embeddings = () => {}
    expect((await ask(POLICY)).status).toBe(200)
    await until(() => world.seen[0]?.aborted === true)
    expect((await recorded(2)).map(({ status }) => status).toSorted()).toEqual(['aborted', 'ok'])
  })
  test('when the client hangs up, so does the call for the vector', async () => {
    embeddings = () => {}
    const gone = Promise.withResolvers<void>()
    const asked = world.send({
      path: '/v1/chat/completions',
      body: { model: 'faq', messages: [{ role: 'user', content: 'x' }] },
      abortWhen: gone.promise,
    })
    await until(() => world.seen.length === 1)
    gone.resolve()
    await asked
    await until(() => world.seen[0]?.aborted === true)
    expect((await recorded(2)).map(({ status }) => status)).toEqual(['aborted', 'aborted'])
    expect(urls()).toEqual(['/v1/embeddings'])
  })
})

test('where no content is kept, the record has no question', async () => {
  await world.close()
  content = false
  await start()
  await ask(POLICY)
  expect((await ask(CLOSE)).headers['x-signalbox-cache']).toBe('semantic')
  const last = (await recorded(4)).find(({ cache }) => cache?.status === 'semantic')
  expect(last?.cache).not.toHaveProperty('question')
  expect(JSON.stringify(last)).not.toContain('leave')
})
