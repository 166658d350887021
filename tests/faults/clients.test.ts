import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../signalbox.ts'
import { deafReaders, idleConnections, raw, tricklers } from './bad-clients.ts'
import { call, withBystander } from './bystander.ts'
import { MALFORMED } from './malformed.ts'
import { send } from './traffic.ts'
import { startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** Generous, for a busy machine: what is being held up would wait for ever. */
const SLOWEST_MS = 30_000

describe('what is malformed is answered with 4xx and JSON', () => {
  test.each(MALFORMED)('$name: $status', async ({ path, method = 'POST', headers = {}, body, status, anonymous }) => {
    const key: Record<string, string> = anonymous ? {} : { authorization: `Bearer ${world.signalbox.secretKey}` }
    const answer = await send(world.signalbox.url + path, { method, headers: { ...key, ...headers }, body })
    expect({ status: answer.status, text: answer.status === status ? '' : answer.text.slice(0, 300) }).toEqual({ status, text: '' })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect((JSON.parse(answer.text) as { error: { message: string } }).error.message).toMatch(/\w/)
  })

  test.each([
    [
      'headers of 80 KB',
      (key: string) => `GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nx-long: ${'x'.repeat(80_000)}\r\n\r\n`,
      431,
    ],
    ['bytes that are no HTTP', () => 'hello, is anybody there?\r\n\r\n', 400],
    [
      'a length and chunks at once',
      (key: string) =>
        `POST /v1/traces HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'chunks that are none',
      (key: string) => `POST /v1/traces HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
  ] as const)('%s', async (_, request, status) => {
    const text = await raw(world, request(world.signalbox.secretKey))
    expect(text.split('\r\n')[0]).toContain(`HTTP/1.1 ${status}`)
    expect(text.toLowerCase()).toContain('content-type: application/json')
    expect((JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as { error: { code: string } }).error.code).toMatch(/\w/)
  })

  test('and afterwards calls work and no process has died', async () => {
    expect((await call(world)).status).toBe(200)
    expect(world.signalbox.stderr()).not.toContain('is started again')
    expect(world.signalbox.stderr()).not.toContain('a request failed')
  })
})

test('clients that stop reading their streams disturb nobody, and cost the edge no memory without end', async () => {
  // More than the sockets of both sides hold, so that somebody has to wait.
  const found = await withBystander(world, () => deafReaders(world, { count: 4, forMs: 1500, bytes: 16_000_000 }))
  expect(found).toMatchObject({ failed: 0 })
  expect(found.calls).toBeGreaterThan(1)
  expect(found.slowestMs).toBeLessThan(SLOWEST_MS)
  // When they hang up, their calls end at the provider as well, and are recorded as aborted.
  await world.settled()
  await eventually(async () => {
    const { rows } = await world.api<{ rows: { calls: number }[] }>('/api/v1/query', {
      measures: ['calls'],
      filters: [{ field: 'status', op: 'eq', value: 'aborted' }],
    })
    return rows[0]?.calls === 4 ? true : undefined
  })
})

test('clients that send a byte at a time disturb nobody', async () => {
  const found = await withBystander(world, () => tricklers(world, { count: 100, forMs: 1500 }))
  expect(found).toMatchObject({ failed: 0 })
  expect(found.slowestMs).toBeLessThan(SLOWEST_MS)
})

test('500 connections that send nothing disturb nobody', async () => {
  const idle = await idleConnections(world, 500)
  expect(idle.opened).toBe(500)
  const found = await withBystander(world, async () => {
    for (let call = 0; call < 20; call++) await world.api('/api/v1/traces')
  })
  idle.close()
  expect(found).toMatchObject({ failed: 0 })
  expect(found.slowestMs).toBeLessThan(SLOWEST_MS)
})
