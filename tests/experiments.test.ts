import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../packages/sdk/src/index.ts'
import { type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

it('an experiment survives kill -9 of the core: no row is lost, and none is paid for twice but those under way', async () => {
  const client = createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
  const [rows, concurrency] = [60, 2]
  await client.datasets.create({ name: 'slow' })
  await client.datasets.write({
    name: 'slow',
    items: Array.from({ length: rows }, (_, at) => ({
      id: `r${at}`,
      input: JSON.stringify({ text: `answer ${at}`, delayMs: 100 }),
      expected: `answer ${at}`,
    })),
  })
  const { id } = await client.experiments.create({
    dataset: { name: 'slow' },
    models: ['simulator/script'],
    evaluators: ['equals'],
    limits: { concurrency },
  })
  const read = () => client.experiments.get({ id }).catch(() => undefined)
  const written = async () =>
    (await client.experiments.rows({ id, limit: 500 }).catch(() => ({ rows: [] }))).rows.filter(({ answers }) => answers.length > 0).length
  await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(5)
  signalbox.killRole('core')
  await signalbox.ready()
  await expect.poll(async () => (await read())?.state, { timeout: 120_000 }).toBe('done')
  const done = await client.experiments.get({ id })
  expect(done.why).toBeNull()
  expect(done).toMatchObject({ gate: 'pass', progress: { total: rows, done: rows, failed: 0 } })
  const all = (await client.experiments.rows({ id, limit: 500 })).rows
  expect(all.map(({ answers }) => answers[0]?.output)).toEqual(Array.from({ length: rows }, (_, at) => `answer ${at}`))
  // Each has its trace, apart from those of users, as soon as it is stored.
  const calls = async () => {
    const { rows: counted } = await client.query.run({
      measures: ['calls'],
      filters: [{ field: 'environment', op: 'eq', value: 'experiment' }],
      from: new Date(Date.now() - 600_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
    })
    return Number(Object.values(counted[0] ?? {})[0])
  }
  await expect.poll(calls, { timeout: 60_000 }).toBeGreaterThanOrEqual(rows)
  // Of the last tenth of a second, which a busy machine makes longer, and what was under way.
  expect(await calls()).toBeLessThanOrEqual(rows + 20)
}, 300_000)
