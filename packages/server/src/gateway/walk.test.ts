import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bodyOf, type Client, clients, heard } from './clients.case.ts'
import { mocks } from './mock-providers.case.ts'
import {
  type Behaviour,
  CLIENTS,
  dialectsOf,
  errorEvents,
  good,
  json,
  KINDS,
  nameOf,
  nothing,
  prelude,
  startOf,
  startWalk,
  WAYS,
  type Walk,
} from './walk.case.ts'
import { until } from './world.case.ts'

let walk: Walk
beforeEach(async () => {
  walk = await startWalk()
})
afterEach(() => walk.close())

type Row = { how: string; at?: (dialect: Client) => Behaviour; failure: string | RegExp; only?: 'stream' | 'whole'; status?: number }
const beforeContent: Row[] = [
  { how: '429', at: (dialect) => json(429, mocks[dialect].error), failure: 'rate', status: 429 },
  { how: '500', at: (dialect) => json(500, mocks[dialect].error), failure: /server|rate/, status: 500 },
  { how: '529', at: () => json(529, { error: { message: 'no room' } }), failure: 'overloaded', status: 529 },
  { how: '401', at: () => json(401, { error: { message: 'who?' } }), failure: 'auth', status: 401 },
  { how: 'cut before it answers', at: () => (_, request) => request.socket.destroy(), failure: 'transport' },
  { how: 'hangs before it answers', at: () => nothing, failure: 'timeout' },
  {
    how: 'HTML with 200',
    at: () => (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    failure: /garbage|transport/,
  },
  {
    how: 'JSON that is cut',
    at: () => (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":'),
    failure: 'garbage',
  },
  { how: 'hangs after its prelude', at: (dialect) => startOf(dialect, prelude[dialect], nothing), failure: 'timeout', only: 'stream' },
  {
    how: 'is cut in its prelude',
    at: (dialect) => startOf(dialect, prelude[dialect], (response) => response.destroy()),
    failure: 'transport',
    only: 'stream',
  },
  {
    how: 'ends in its prelude',
    at: (dialect) => startOf(dialect, prelude[dialect], (response) => response.end()),
    failure: 'transport',
    only: 'stream',
  },
  {
    how: 'an event that is no JSON after its prelude',
    at: (dialect) => startOf(dialect, prelude[dialect], (response) => response.end('data: {"choices":[{"delta":{"content":"\n\n')),
    failure: /garbage|server|transport/,
    only: 'stream',
  },
  {
    how: 'an error event after its prelude',
    at: (dialect) => startOf(dialect, prelude[dialect], (response) => response.end(errorEvents[dialect])),
    failure: /overloaded|server/,
    only: 'stream',
  },
]
const cases = CLIENTS.flatMap((client) => WAYS.flatMap((way) => [false, true].map((stream) => ({ client, way, stream }))))
describe.each(cases)('a client of $client, $way, streamed: $stream', ({ client, way, stream }) => {
  const [first, second] = dialectsOf(way, client)
  const { ask, read } = clients[client]

  test.each(beforeContent.filter(({ only }) => only === undefined || (only === 'stream') === stream))(
    'hears the second target where the first one fails before its content: $how',
    async ({ how, at, failure, status }) => {
      walk.behave = { first: at?.(first) ?? nothing, second: good(second) }
      const got = await walk.world.send(ask(`${way}-${client}`, stream))
      expect([got.status, read(bodyOf(client, got, stream))]).toEqual([200, heard])
      expect(got.headers).toMatchObject({
        'x-signalbox-attempts': '2',
        'x-signalbox-provider': nameOf('second', second),
        'x-signalbox-model': KINDS[second].model,
      })
      expect(got.headers['x-should-retry']).toBeUndefined()
      if (client === second) expect(got.text).toBe(await alone(second, stream))
      const [end] = (await walk.world.recorded()).ends
      expect(end).toMatchObject({ status: 'ok', provider: nameOf('second', second), body: got.text, usage: { input: 10, output: 5 } })
      expect(end?.attempts).toMatchObject([{ provider: nameOf('first', first) }, { provider: nameOf('second', second), status: 200 }])
      expect(end?.attempts[0]?.failure).toMatch(failure)
      if (status !== undefined) expect(end?.attempts[0]?.status).toBe(status)
      expect(end?.attempts[1]?.failure).toBeUndefined()
      expect(end?.attempts[1]?.reason).toContain(`at ${nameOf('first', first)}/`)
      expect([walk.seenAt('first').length, walk.seenAt('second').length]).toEqual([1, 1])
      if (how.startsWith('hangs')) await until(() => walk.seenAt('first')[0]?.aborted === true)
    },
  )

  // A whole answer has nothing after its content.
  if (stream)
    test.each([
      ['goes silent', (_: ServerResponse) => {}, 'timeout'],
      ['is cut', (response: ServerResponse) => void response.destroy(), 'transport'],
      ['ends', (response: ServerResponse) => void response.end(), 'transport'],
      ['an error event', (response: ServerResponse) => void response.end(errorEvents[first]), ''],
    ])('after content it never hears a second one, but an error: %s', async (how, then, failure) => {
      walk.behave = { first: startOf(first, prelude[first] + 1, then), second: good(second) }
      const got = await walk.world.send(ask(`${way}-${client}`, stream))
      expect([got.status, got.headers['x-signalbox-attempts'], walk.seenAt('second').length]).toEqual([200, '1', 0])
      expect(got.text).toContain('Grü')
      expect(got.text).toMatch(/error/i)
      expect(got.text).not.toMatch(/\[DONE\]|message_stop|response\.completed|"finishReason":"STOP"|"finish_reason":"COMPLETE"/)
      const [end] = (await walk.world.recorded()).ends
      expect(end).toMatchObject({ status: 'error', attempts: [{ provider: nameOf('first', first) }] })
      if (failure) expect(end?.attempts[0]?.failure).toBe(failure)
      if (how === 'goes silent') await until(() => walk.seenAt('first')[0]?.aborted === true)
    })

  // What follows has nothing to do with the dialect of the provider.
  if (way !== 'own') return

  test('a connection that is refused', async () => {
    walk.behave = { second: good(second) }
    const got = await walk.world.send(ask(`gone-${client}`, stream))
    expect([got.status, read(bodyOf(client, got, stream)), got.headers['x-signalbox-attempts']]).toEqual([200, heard, '2'])
    expect((await walk.world.recorded()).ends[0]?.attempts[0]).toMatchObject({ status: 0, failure: 'transport' })
  })

  test('another key of the same provider comes before the next target', async () => {
    const keyOf = ({ headers }: IncomingMessage) =>
      String(headers.authorization ?? headers['x-api-key'] ?? headers['x-goog-api-key']).replace('Bearer ', '')
    const used: string[] = []
    walk.behave = {
      keyed: (response, request) => {
        used.push(keyOf(request))
        if (used.length === 1) json(401, { error: { message: 'bad key-0' } })(response, request)
        else if (used.length === 2) json(429, mocks[client].error)(response, request)
        else good(client)(response, request)
      },
    }
    const got = await walk.world.send(ask(`keyed-${client}`, stream))
    expect([got.status, used, walk.seenAt('second').length]).toEqual([200, ['key-0', 'key-1', 'key-2'], 0])
    expect((await walk.world.recorded()).ends[0]?.attempts).toMatchObject([
      { key: 0, failure: 'auth', status: 401 },
      { key: 1, failure: 'rate', status: 429, reason: 'after auth with key 1' },
      { key: 2, reason: 'after rate with key 2' },
    ])
  })
})

/** What a client of the dialect hears of a target that alone answers it. */
async function alone(dialect: Client, stream: boolean): Promise<string> {
  const before = walk.behave
  walk.behave = { second: good(dialect) }
  const got = await walk.world.send(clients[dialect].ask(`${nameOf('second', dialect)}/${KINDS[dialect].model}`, stream))
  walk.behave = before
  walk.world.seen.pop()
  return got.text
}
