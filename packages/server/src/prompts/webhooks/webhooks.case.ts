import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Caller, Parsed, PromptEvent } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { createDeliverer } from './deliver.ts'
import { createSender } from './send.ts'
import { createWebhookStore } from './store.ts'

/** The same on every engine. */
export function webhookContract(open: () => Promise<Sql>): void {
  type Got = { headers: IncomingMessage['headers']; body: string }
  let sql: Sql
  const got: Got[] = []
  let answer: (n: number) => number | 'hang up' = () => 200
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      got.push({ headers: request.headers, body })
      const status = answer(got.length)
      if (status === 'hang up') request.socket.destroy()
      else response.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end('x'.repeat(100))
    })
  })
  let url: string
  beforeAll(async () => {
    sql = await open()
    await migrate(sql)
    await sql.exec(`INSERT INTO projects (id, name, created_at) VALUES ('default', 'Default', now()), ('other', 'Other', now())`)
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  })
  afterAll(async () => {
    receiver.close()
    receiver.closeAllConnections()
    await sql?.[Symbol.asyncDispose]()
  })
  let clock: number
  beforeEach(async () => {
    await sql.exec('TRUNCATE prompt_webhooks CASCADE')
    await sql.exec('UPDATE projects SET allow_private_providers = false')
    got.length = 0
    answer = () => 200
    clock = Date.parse('2026-03-01T12:00:00Z')
  })

  const now = () => new Date(clock)
  const caller: Caller = { projectId: 'default', permissions: ['*'] }
  function room({ allowPrivate = true, masterKey = 'master' } = {}) {
    const store = createWebhookStore({ sql, masterKey, allowPrivate, now })
    const send = createSender({ now: () => clock })
    const deliverer = createDeliverer({ sql, store, allowPrivate, send, warn: (details) => expect(details).toBe('no warning'), now })
    return {
      ...store,
      ...deliverer,
      add: (more: Partial<Parsed<'promptWebhooks.create'>> = {}) => store.create(caller, { url, labels: [], active: true, ...more }),
      move: (more: Partial<PromptEvent> = {}) => sql.transaction((session) => store.enqueue(session, 'default', [{ ...EVENT, ...more }])),
      all: async (id: string) => (await store.deliveries('default', { id, limit: 50 })).deliveries,
    }
  }
  const EVENT: PromptEvent = {
    id: 'pev_1',
    prompt: 'support/refund',
    kind: 'label-set',
    at: '2026-03-01T12:00:00.000Z',
    by: 'ada@example.com',
    label: 'production',
    version: null,
    from: { version: 6 },
    to: { version: 7 },
    why: 'fewer complaints',
    approvedBy: null,
    approvalId: null,
  }

  test('a move is told, signed over time and body', async () => {
    const { add, move, kick, all } = room()
    const { id, secret } = await add()
    await move()
    await kick()
    expect(got).toHaveLength(1)
    const { headers, body } = got[0] as Got
    expect(JSON.parse(body)).toMatchObject({
      type: 'prompt.label-set',
      project: 'default',
      prompt: 'support/refund',
      label: 'production',
      from: { version: 6 },
      to: { version: 7 },
      why: 'fewer complaints',
    })
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-signalbox-signature'])) ?? []
    expect(Number(seconds)).toBe(clock / 1000)
    expect(signature).toBe(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'))
    expect(headers['x-signalbox-event']).toBe('pev_1')
    const [delivery] = await all(id)
    expect(delivery).toMatchObject({ id: headers['x-signalbox-delivery'], status: 'delivered', attempts: 1, responseStatus: 200, body })
    await kick()
    expect(got).toHaveLength(1)
  })

  test('only of the labels that were asked for, only of moves, and not where it is switched off', async () => {
    const { add, move, kick, change } = room()
    await add({ labels: ['staging'] })
    const { id } = await add({ labels: ['production'] })
    await add({ active: false })
    await move()
    await move({ kind: 'commented' })
    await kick()
    expect(got).toHaveLength(1)
    await change('default', { id, labels: ['staging'] })
    await move({ label: 'staging', kind: 'rolled-back' })
    await kick()
    expect(got).toHaveLength(3)
  })

  test('a test is sent to one that is on, and to no other', async () => {
    const { add, test: send, kick, all } = room()
    const { id } = await add({ labels: ['production'] })
    const off = await add({ active: false })
    await send('default', id)
    await kick()
    expect(got.map(({ body }) => JSON.parse(body))).toEqual([
      { type: 'prompt.test', id: expect.stringMatching(/^pdl_/), project: 'default', at: now().toISOString() },
    ])
    expect(await all(id)).toMatchObject([{ status: 'delivered', attempts: 1 }])
    await expect(send('default', off.id)).rejects.toThrow('switched off')
    await expect(send('other', id)).rejects.toThrow('There is no webhook')
  })

  test('what a process had begun that died is due at once where nobody else uses the database', async () => {
    const { add, move, resume, kick } = room()
    const { id } = await add()
    await move()
    await sql.query(`update prompt_deliveries set attempts = 1, next_at = $1`, [new Date(clock + 59_000)])
    await kick()
    expect(got).toHaveLength(0)
    await resume({ alone: false })
    expect(got).toHaveLength(0)
    await resume({ alone: true })
    expect(got).toHaveLength(1)
    expect((await room().all(id))[0]).toMatchObject({ status: 'delivered', attempts: 2 })
  })

  describe('failures', () => {
    test.each([
      [500, 'It answered 500.'],
      [302, 'It answered 302.'],
      ['hang up' as const, /socket|UND_ERR|ECONNRESET/i],
    ])('%s is tried again later with the same id, until it arrives', async (status, problem) => {
      const { add, move, kick, all } = room()
      const { id } = await add()
      answer = (n) => (n < 3 ? status : 204)
      await move()
      await kick()
      const [first] = await all(id)
      expect(first).toMatchObject({ status: 'waiting', attempts: 1, problem: expect.stringMatching(problem) })
      expect(Date.parse(first?.nextAt ?? '')).toBe(clock + 10_000)
      await kick()
      expect(got).toHaveLength(1)
      clock += 10_000
      await kick()
      clock += 30_000
      await kick()
      expect((await all(id))[0]).toMatchObject({ status: 'delivered', attempts: 3, problem: null })
      expect(new Set(got.map(({ headers }) => headers['x-signalbox-delivery'])).size).toBe(1)
      expect(new Set(got.map(({ headers }) => headers['x-signalbox-signature'])).size).toBe(3)
    })

    test('after ten attempts in about a day it is given up, and can be asked for again', async () => {
      const { add, move, kick, all, list, retry } = room()
      const { id } = await add()
      answer = () => 503
      await move()
      const start = clock
      for (let tries = 0; tries < 12; tries++) {
        await kick()
        const [one] = await all(id)
        if (one?.nextAt) clock = Date.parse(one.nextAt)
      }
      expect(got).toHaveLength(10)
      expect((clock - start) / 3_600_000).toBeGreaterThan(20)
      const [failed] = await all(id)
      expect(failed).toMatchObject({ status: 'failed', attempts: 10, responseStatus: 503 })
      expect(await list('default')).toEqual([expect.objectContaining({ failed: 1, waiting: 0 })])
      answer = () => 200
      await retry('default', failed?.id ?? '')
      await kick()
      expect((await all(id))[0]).toMatchObject({ status: 'delivered', attempts: 11 })
      await expect(retry('other', failed?.id ?? '')).rejects.toMatchObject({ code: 'not-found' })
    })

    test('what a process claimed that then died is delivered by the next one', async () => {
      const { add, move, kick, all } = room()
      const { id } = await add()
      await move()
      // As it stands in the table when somebody is killed between claim and answer.
      await sql.query(`UPDATE prompt_deliveries SET attempts = 1, next_at = $1`, [new Date(clock + 60_000)])
      const next = room()
      await next.kick()
      expect(got).toHaveLength(0)
      clock += 60_000
      await Promise.all([kick(), next.kick()])
      expect(got).toHaveLength(1)
      expect((await all(id))[0]).toMatchObject({ status: 'delivered', attempts: 2 })
    })

    test('a move that is rolled back tells nobody', async () => {
      const { add, enqueue, kick } = room()
      await add()
      await expect(
        sql.transaction(async (session) => {
          await enqueue(session, 'default', [EVENT])
          throw new Error('the move was refused')
        }),
      ).rejects.toThrow('refused')
      await kick()
      expect(got).toHaveLength(0)
    })

    test('one receiver that fails does not hold up another; several go to one in their order', async () => {
      const { add, move, kick, all } = room()
      const good = await add()
      await add({ url: 'http://127.0.0.1:9/' })
      for (const id of ['pev_1', 'pev_2', 'pev_3', 'pev_4']) {
        await move({ id })
        clock += 1000
      }
      await kick()
      expect(got.map(({ headers }) => headers['x-signalbox-event'])).toEqual(['pev_1', 'pev_2', 'pev_3', 'pev_4'])
      expect((await all(good.id)).map(({ status }) => status)).toEqual(Array(4).fill('delivered'))
    })

    test('another master key is said, not sent with a wrong signature', async () => {
      const { id } = await room().add()
      await room().move()
      const other = room({ masterKey: 'another' })
      await other.kick()
      expect(got).toHaveLength(0)
      expect((await other.all(id))[0]?.problem).toContain('another master key')
    })
  })

  describe('private addresses', () => {
    test('are refused when a webhook is made or changed, unless the project allows them', async () => {
      const { add, change } = room({ allowPrivate: false })
      for (const one of [url, 'http://localhost:1/', 'http://169.254.169.254/latest', 'https://[::1]/'])
        await expect(add({ url: one })).rejects.toMatchObject({
          code: 'invalid-request',
          message: expect.stringContaining('private address'),
        })
      const { id } = await add({ url: 'https://192.0.2.7/hook' }).catch(() => add({ url: 'https://93.184.216.34/hook' }))
      await expect(change('default', { id, url })).rejects.toThrow('private address')
      await sql.exec(`UPDATE projects SET allow_private_providers = true WHERE id = 'default'`)
      await change('default', { id, url })
    })

    test('and again when something is sent: what a name means can have changed', async () => {
      const { id } = await room().add()
      const strict = room({ allowPrivate: false })
      await strict.move()
      await strict.kick()
      expect(got).toHaveLength(0)
      expect((await strict.all(id))[0]).toMatchObject({ status: 'waiting', problem: expect.stringContaining('private address') })
    })
  })

  test('pages of deliveries; other projects see nothing; what was settled is forgotten after a month', async () => {
    const { add, move, kick, deliveries, list, forget, all, remove } = room()
    const { id } = await add()
    for (let n = 0; n < 5; n++) {
      await move({ id: `pev_${n}` })
      clock += 1000
    }
    await kick()
    const first = await deliveries('default', { id, limit: 3 })
    const second = await deliveries('default', { id, limit: 3, ...(first.nextCursor && { cursor: first.nextCursor }) })
    expect([...first.deliveries, ...second.deliveries].map(({ eventId }) => eventId)).toEqual(['pev_4', 'pev_3', 'pev_2', 'pev_1', 'pev_0'])
    expect(second.nextCursor).toBeUndefined()
    expect(await list('other')).toEqual([])
    await expect(deliveries('other', { id, limit: 3 })).rejects.toMatchObject({ code: 'not-found' })
    await expect(remove('other', id)).rejects.toMatchObject({ code: 'not-found' })
    clock += 31 * 86_400_000
    await forget()
    expect(await all(id)).toEqual([])
    await remove('default', id)
    expect(await list('default')).toEqual([])
  })
}
