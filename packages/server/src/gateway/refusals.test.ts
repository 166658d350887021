import { Budget, type Snapshot } from '@signalbox/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../lib/ids.ts'
import { play } from './mock-providers.case.ts'
import { startWorld, until, type World } from './world.case.ts'

const READER = 'sk-sb-may-only-read-traces'
const limited = (usual: Snapshot): Snapshot => {
  const project = usual.projects.default
  const [key] = usual.keys
  if (!project || !key) throw new Error('there is no project')
  const budgets = [
    Budget.parse({ name: 'one', scope: 'end-user', measure: 'requests', amount: 1, per: 'day' }),
    Budget.parse({ name: 'rate', scope: 'key', id: 'key_1', measure: 'requests', amount: 4, per: 'minute' }),
  ]
  const reader = { ...key, id: 'key_2', publicKey: 'pk2', secretSha256: sha256(READER), scopes: ['traces:read' as const] }
  return { ...usual, keys: [key, reader], projects: { default: { ...project, budgets } } }
}

let world: World
beforeEach(async () => {
  world = await startWorld(limited)
  world.answer = (_, response) => play(response, 'openai-chat', { stream: false })
})
afterEach(async () => {
  world.refusals.stop()
  await world.close()
})

const ask = (user: string, headers: Record<string, string> = {}) =>
  world.send({
    path: '/v1/chat/completions',
    body: { model: 'support', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5, user },
    headers,
  })
const refused = async () => {
  const { starts, ends } = await world.recorded()
  return ends.flatMap((end, index) => (end.attempts.length === 0 ? [{ start: starts[index], end }] : []))
}

test('a call that a budget or a limit refuses is recorded, with the trace that its answer names, and used nothing', async () => {
  await ask('asha')
  const got = await ask('asha', { 'x-signalbox-session': 'talk', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
  expect(got.status).toBe(429)
  await until(async () => (await refused()).length === 1)
  const [found] = await refused()
  expect(found?.start).toMatchObject({
    projectId: 'default',
    keyId: 'key_1',
    traceId: 'a'.repeat(32),
    parentId: 'b'.repeat(16),
    kind: 'llm',
    operation: 'chat',
    requestModel: 'support',
    provider: '',
    userId: 'asha',
    sessionId: 'talk',
    body: '',
  })
  expect(found?.end).toMatchObject({
    status: 'error',
    errorType: 'budget-exceeded',
    statusMessage: expect.stringContaining('one'),
    httpStatus: 429,
    usageSource: 'none',
    cost: null,
    attempts: [],
  })
  for (const user of ['b', 'c', 'd', 'e']) await ask(user)
  await until(async () => (await refused()).length === 2)
  expect((await refused()).map(({ end }) => end.errorType)).toEqual(['budget-exceeded', 'rate-limited'])
  expect(world.refusals.counters).toEqual({ 'rate-limited': 1, 'budget-exceeded': 1, 'permission-denied': 0, collapsed: 0 })
})

test('so is one whose key may not make calls', async () => {
  expect((await ask('asha', { authorization: `Bearer ${READER}` })).status).toBe(403)
  await until(async () => (await refused()).length === 1)
  const [found] = await refused()
  expect([found?.start?.keyId, found?.start?.requestModel, found?.end.errorType]).toEqual(['key_2', 'support', 'permission-denied'])
})

test('of a storm a few are recorded, and then how many more there were', async () => {
  await ask('asha')
  const calls = await Promise.all(Array.from({ length: 300 }, () => ask('asha')))
  expect(calls.every(({ status }) => status === 429)).toBe(true)
  world.refusals.stop()
  await until(async () => {
    const { starts, ends } = await world.recorded()
    return starts.length === ends.length
  })
  const found = await refused()
  expect(found.map(({ end }) => end.alike)).toEqual([undefined, undefined, undefined, undefined, undefined, 294])
  expect(found.at(-1)?.end.statusMessage).toContain('(and 294 more within a second)')
  expect([world.refusals.counters['budget-exceeded'], world.refusals.counters.collapsed]).toEqual([300, 295])
})

test('what is no refusal has no such record', async () => {
  await world.send({ path: '/v1/chat/completions', body: { model: 'nobody/knows', messages: [] } })
  await world.send({
    path: '/v1/chat/completions',
    body: { model: 'support', messages: [] },
    headers: { authorization: 'Bearer sk-sb-wrong' },
  })
  world.refusals.stop()
  expect(await refused()).toEqual([])
})
