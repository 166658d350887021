import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, type NewSpanRow, PayloadRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSpanId, newTraceId } from '../../lib/ids.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { type PromptWorld, promptWorld } from '../world.case.ts'
import { noteDrift } from './drift-store.ts'
import { createPromptDrift } from './prompt-drift.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-drift-'))
let events: Events
let sql: Sql
let world: PromptWorld
let drift: ReturnType<typeof createPromptDrift>

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  sql = await openPglite('memory')
  world = await promptWorld(sql, 'default')
  drift = createPromptDrift({ sql, events })
  const { save, point, ann } = world
  await save(ann, 'refund', 'Refund within 14 days, {{name}}.')
  await save(ann, 'refund', 'Refund within 30 days, {{name}}.')
  await point(ann, 'refund', 'production', 2)
  // As if it had been moved a while ago.
  await sql.query(`update prompt_labels set moved_at = now() - interval '1 hour'`)
})
afterAll(async () => {
  await sql[Symbol.asyncDispose]()
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const NOW = Date.now()
type Call = Partial<NewSpanRow> & { request?: object; attributes?: object }
let blocks = 0
/** Calls of the gateway that came in at a time. */
async function record(at: number, calls: readonly Call[]): Promise<void> {
  const rows = calls.map(({ request, attributes, ...more }) => {
    const input = request ? JSON.stringify(request) : ''
    const identity = { projectId: 'default', traceId: newTraceId(), spanId: newSpanId(), startedAt: at * 1000 }
    const span: NewSpanRow = {
      ...identity,
      kind: 'llm',
      name: 'chat',
      source: 'gateway',
      status: 'ok',
      durationMs: 5,
      requestModel: 'support',
      keyId: 'key_1',
      inputBytes: input.length,
      receivedAt: at * 1000,
      ...more,
    }
    return {
      span: SpanRow.parse(span),
      payload: PayloadRow.parse({ ...identity, input, attributes: attributes ? JSON.stringify(attributes) : '' }),
    }
  })
  blocks++
  await events.insert(
    'spans',
    rows.map(({ span }) => JSON.stringify(span)),
    `spans ${blocks}`,
  )
  await events.insert(
    'payloads',
    rows.map(({ payload }) => JSON.stringify(payload)),
    `payloads ${blocks}`,
  )
}
const saying = (system: string) => ({
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: 'Hi' },
  ],
})
const list = async (more: object = {}) =>
  api['prompts.drift'].output.parse(await drift.handlers['prompts.drift'](api['prompts.drift'].input.parse(more), world.ann)) as Awaited<
    ReturnType<(typeof drift.handlers)['prompts.drift']>
  >

test('calls are looked at once, and what nobody decided is listed', async () => {
  await record(NOW - 60_000, [
    { request: saying('You sell shoes.') },
    { request: saying('You sell shoes.'), service: 'shop' },
    { request: saying('Refund within 30 days, Ada.') },
    { request: saying('Refund within 14 days, Ada.') },
    { request: saying('You sell hats.'), projectId: 'other' },
    { promptName: 'refund', promptVersion: '2' },
    { promptName: 'refund', promptVersion: '1', source: 'langfuse', service: 'old app' },
    { promptName: 'unknown', promptVersion: '1' },
  ])
  await drift.look(NOW)
  await drift.look(NOW + 1000)
  const { drifts, counts } = await list()
  expect(counts).toEqual({ unregistered: 2, stale: 2, variable: 0 })
  const of = (kind: string, app: string) => drifts.find((one) => one.kind === kind && one.app === app)
  expect(of('unregistered', 'key_1')).toMatchObject({ count: 1, route: 'support', text: 'You sell shoes.', prompt: null })
  expect(of('unregistered', 'shop')?.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(of('stale', 'old app')).toMatchObject({ prompt: 'refund', version: '1', current: { label: 'production', version: 2 } })
  expect(of('stale', 'key_1')).toMatchObject({ count: 1, version: '1' })

  await record(NOW, [{ request: saying('You sell shoes.') }])
  await drift.look(NOW + 10_000)
  const again = (await list({ kind: 'unregistered' })).drifts[0]
  expect(again).toMatchObject({
    app: 'key_1',
    count: 2,
    firstSeen: new Date(NOW - 60_000).toISOString(),
    lastSeen: new Date(NOW).toISOString(),
  })

  const { dismissDrift } = { dismissDrift: drift.handlers['prompts.dismissDrift'] }
  await dismissDrift({ id: again?.id ?? '', dismissed: true }, world.ann)
  expect((await list()).counts.unregistered).toBe(1)
  expect((await list({ dismissed: 'true' })).drifts.map(({ id }) => id)).toEqual([again?.id])
  await dismissDrift({ id: again?.id ?? '', dismissed: false }, world.ann)
  await expect(dismissDrift({ id: 'nothing', dismissed: true }, world.ann)).rejects.toMatchObject({ code: 'not-found' })
  await expect(dismissDrift({ id: again?.id ?? '', dismissed: true }, world.as({ projectId: 'other' }))).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('variables that change are told, also over several looks', async () => {
  const call = (shapes: object): Call => ({ promptName: 'refund', promptVersion: '2', promptHash: 'h', attributes: { prompt: { shapes } } })
  const later = NOW + 120_000
  await record(
    later,
    Array.from({ length: 100 }, () => call({ name: 'text 10', policy: 'text 400' })),
  )
  await drift.look(later + 10_000)
  expect((await list({ kind: 'variable' })).drifts).toEqual([])
  await record(
    later + 20_000,
    Array.from({ length: 12 }, () => call({ name: 'null' })),
  )
  await drift.look(later + 30_000)
  await record(
    later + 40_000,
    Array.from({ length: 12 }, () => call({ name: 'null' })),
  )
  await drift.look(later + 50_000)
  const { drifts } = await list({ kind: 'variable', prompt: 'refund' })
  expect(drifts.map(({ variable }) => variable)).toEqual(
    expect.arrayContaining([
      { name: 'name', change: 'null', before: 'null in 0 % of calls', now: 'null in 100 % of calls' },
      { name: 'policy', change: 'missing', before: 'missing in 0 % of calls', now: 'missing in 100 % of calls' },
    ]),
  )
})

test('pages, and no more rows than five hundred of a kind', async () => {
  const seen = (at: number) => ({
    kind: 'stale' as const,
    key: `k${at}`,
    count: 1,
    firstAt: NOW + at,
    lastAt: NOW + at,
    traceId: 't',
    spanId: 's',
    app: 'a',
    prompt: 'many',
  })
  await noteDrift(
    sql,
    'default',
    Array.from({ length: 505 }, (_, at) => seen(at)),
  )
  const first = await list({ kind: 'stale', prompt: 'many', limit: 300 })
  expect(first.counts.stale).toBeGreaterThan(490)
  expect(first.counts.stale).toBeLessThanOrEqual(500)
  expect(first.drifts[0]?.lastSeen).toBe(new Date(NOW + 504).toISOString())
  const rest = await list({ kind: 'stale', prompt: 'many', limit: 300, cursor: first.nextCursor })
  expect(first.drifts.length + rest.drifts.length).toBe(first.counts.stale)
  expect(rest.nextCursor).toBeUndefined()
})
