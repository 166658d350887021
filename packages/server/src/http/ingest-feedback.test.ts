import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigFile, Snapshot } from '@signalbox/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDirectory } from '../governance/directory.ts'
import { createFeedbackLimit } from '../governance/feedback-limit.ts'
import { sha256, traceIdOf } from '../lib/ids.ts'
import type { Ingested } from '../tracing/inspector/ingested.ts'
import type { IngestRooms } from './ingest.ts'
import { ingestRouteAt } from './ingest-routes.ts'
import { sendError, toAppError } from './send.ts'

const keyOf = (name: string, projectId: string, scopes = ['*']) => ({
  id: `key_${name}`,
  name,
  projectId,
  publicKey: `pk-sb-${name}`,
  secretSha256: sha256(`sk-sb-${name}`),
  scopes,
  expiresAt: null,
})
const projectOf = (id: string, feedback: object) => ({
  id,
  providers: {},
  models: {},
  prices: [],
  capture: { content: true, maxBytes: 1 << 20 },
  feedback: ConfigFile.parse({ version: 1, feedback }).feedback,
})
const SHOP = 'https://shop.example'
const BANK = 'https://bank.example'

let server: Server
let url: string
let rows: Record<string, unknown>[]
let reports: Ingested[]
let now: number
let rooms: IngestRooms

beforeEach(async () => {
  rows = []
  reports = []
  now = Date.UTC(2026, 10, 21, 12, 0, 15)
  const directory = createDirectory(
    Snapshot.parse({
      version: 1,
      projects: {
        shop: projectOf('shop', { origins: [SHOP], perMinute: 5, perMinuteOfAddress: 3 }),
        bank: projectOf('bank', { origins: [BANK] }),
      },
      keys: [keyOf('shop', 'shop'), keyOf('bank', 'bank'), keyOf('traces', 'shop', ['traces:write'])],
      limits: { maxBodyBytes: 5000 },
    }),
  )
  rooms = {
    directory: () => directory,
    allowedOrigins: new Set(['https://everywhere.example']),
    feedbackLimit: createFeedbackLimit({ now: () => now }),
    ingested: (report) => void reports.push(report),
    journal: {
      append: () => {},
      async appendDurable({ body }) {
        rows.push(...JSON.parse(Buffer.concat(body).toString()))
        return { segment: 0, offset: 0 }
      },
    },
  }
  server = createServer((request, response) => {
    const route = ingestRouteAt((request.url ?? '/').split('?')[0] ?? '/', request)
    if (!route) return void response.writeHead(418).end('the core')
    new Promise<void>((done) => done(route.handle(rooms, request, response))).catch((thrown: unknown) => {
      request.resume()
      sendError(response, toAppError(thrown), 'req', route.shape)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/feedback`
})
afterEach(() => new Promise((done) => server.close(done)))

async function send(body: unknown, { key = 'pk-sb-shop', headers = {} as Record<string, string> } = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, answer: (await response.json()) as Record<string, unknown> }
}
const down = { traceId: 'order 42', thumbs: 'down' }

describe('feedback', () => {
  test('becomes a score for each thing that it says, by ids of its own', async () => {
    const all = {
      ...down,
      id: 'x',
      rating: 2,
      comment: 'Too vague',
      edited: 'It ships on Monday.',
      user: 'ada',
      metadata: { page: 'help' },
    }
    const { status, answer } = await send(all)
    expect(status).toBe(200)
    const common = { traceId: traceIdOf('shop', 'order 42'), source: 'feedback', metadata: { page: 'help', user: 'ada' } }
    expect(answer).toMatchObject({
      id: 'x',
      scores: [
        { ...common, id: 'feedback:x:thumbs', name: 'thumbs', type: 'boolean', value: false, comment: 'Too vague' },
        { ...common, id: 'feedback:x:rating', name: 'rating', type: 'numeric', value: 2, comment: null },
        { ...common, id: 'feedback:x:edited', name: 'edited', type: 'text', value: 'It ships on Monday.' },
      ],
    })
    expect(rows.map(({ id, projectId, authorId }) => [id, projectId, authorId])).toEqual([
      ['feedback:x:thumbs', 'shop', 'key_shop'],
      ['feedback:x:rating', 'shop', 'key_shop'],
      ['feedback:x:edited', 'shop', 'key_shop'],
    ])
    expect(reports).toMatchObject([{ accepted: 3, rejected: [] }])
  })

  test('with a secret key is the same feedback, under the same ids', async () => {
    const { answer } = await send({ ...down, id: 'x' }, { key: 'sk-sb-shop' })
    expect(answer.scores).toMatchObject([{ id: 'feedback:x:thumbs', source: 'feedback' }])
  })

  test('of words alone is a text; on a session it needs no trace', async () => {
    const { answer } = await send({ sessionId: 's1', comment: ' Nice ' })
    expect(answer.scores).toMatchObject([{ name: 'comment', type: 'text', value: 'Nice', sessionId: 's1', traceId: null }])
  })

  test.each([
    ['that says nothing', { traceId: 't' }, 'says nothing'],
    ['on nothing', { thumbs: 'up' }, 'say what the feedback is on'],
    ['with a rating of six', { traceId: 't', rating: 6 }, 'rating'],
    ['with a field of another name', { traceId: 't', thumb: 'up' }, 'thumb'],
  ])('%s is refused in words, and counted', async (_, body, words) => {
    const { status, answer } = await send(body)
    expect(status).toBe(400)
    expect(JSON.stringify(answer)).toContain(words)
    expect(rows).toEqual([])
    expect(reports).toMatchObject([{ accepted: 0, rejected: [{ sample: expect.anything() }] }])
  })

  test('is not for a key that may not score', async () => {
    expect((await send(down, { key: 'pk-sb-traces' })).status).toBe(403)
    expect(rows).toEqual([])
  })
})

describe('a page', () => {
  const from = (origin: string, key = 'pk-sb-shop') => send(down, { key, headers: { origin } })
  test('of an origin that its project or the server allows is heard, and reads the answer', async () => {
    for (const origin of [SHOP, 'https://everywhere.example']) {
      const { status, headers } = await from(origin)
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin])
      expect(headers.get('vary')).toContain('origin')
    }
  })

  test('of another origin is refused, and of one that another project allows as well; it is counted', async () => {
    const strange = await from('https://evil.example')
    expect([strange.status, strange.headers.get('access-control-allow-origin')]).toEqual([403, null])
    expect(JSON.stringify(strange.answer)).toContain('feedback.origins')
    expect((await from(BANK)).status).toBe(403)
    expect(rows).toEqual([])
    expect(reports).toMatchObject([{ rejected: [{ reason: expect.stringContaining(BANK) }] }])
  })

  test('asks first, and is told the same', async () => {
    const ask = (origin: string) =>
      fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-headers': 'authorization' } })
    expect((await ask(SHOP)).status).toBe(204)
    expect((await ask(BANK)).status).toBe(204)
    expect((await ask('https://evil.example')).status).toBe(403)
  })
})

describe('too much', () => {
  test('from one address is refused until the next minute, and counted', async () => {
    for (let turn = 0; turn < 3; turn++) expect((await send(down)).status).toBe(200)
    const { status, headers } = await send(down, { headers: { origin: SHOP } })
    expect([status, headers.get('retry-after'), headers.get('access-control-allow-origin')]).toEqual([429, '45', SHOP])
    expect(rows).toHaveLength(3)
    expect(reports.at(-1)).toMatchObject({ accepted: 0, rejected: [{ reason: 'Too much feedback from one address.' }] })
    expect(rooms.feedbackLimit?.counters).toEqual({ refusedByKey: 0, refusedByAddress: 1 })
    // Another key of the same address, and a secret one, are not held up.
    expect((await send(down, { key: 'pk-sb-bank' })).status).toBe(200)
    expect((await send(down, { key: 'sk-sb-shop' })).status).toBe(200)
    now += 45_000
    expect((await send(down)).status).toBe(200)
  })

  test('with one key is refused whatever the address', async () => {
    rooms.trustProxy = true
    const from = (address: string) => send(down, { headers: { 'x-forwarded-for': `${address}, 10.0.0.1` } })
    for (let turn = 0; turn < 5; turn++) expect((await from(`192.0.2.${turn}`)).status).toBe(200)
    const { status, answer } = await from('192.0.2.99')
    expect([status, answer]).toMatchObject([429, { error: { code: 'rate-limited', message: 'Too much feedback with one public key.' } }])
    expect(rooms.feedbackLimit?.counters).toEqual({ refusedByKey: 1, refusedByAddress: 0 })
  })

  test('who forwards without being trusted is one address', async () => {
    for (let turn = 0; turn < 3; turn++) await send(down, { headers: { 'x-forwarded-for': `192.0.2.${turn}` } })
    expect((await send(down, { headers: { 'x-forwarded-for': '192.0.2.50' } })).status).toBe(429)
  })

  test('made-up addresses share one count when there are too many', () => {
    const limit = createFeedbackLimit({ now: () => now })
    const settings = { perMinute: 1_000_000, perMinuteOfAddress: 3 }
    for (let at = 0; at < 20_003; at++) limit.take({ keyId: 'k', address: `a${at}`, settings })
    expect(() => limit.take({ keyId: 'k', address: 'one more', settings })).toThrow('one address')
    expect(() => limit.take({ keyId: 'k', address: 'a1', settings })).not.toThrow()
  })
})
