import { AppError, api, type Caller, type Filter, type Parsed, type RouteId } from '@signalbox/schema'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import { Streamed } from '../../lib/streamed.ts'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { datasetHandlers, datasetWriter } from '../handlers.ts'
import type { SpanReader } from '../spans.ts'
import { followRules } from './follow-rules.ts'
import { datasetRuleHandlers } from './rules.ts'
import { synthesisHandlers } from './synthesis.ts'

const PERMISSIONS = ['datasets:read', 'datasets:write', 'gateway:call']
const as = (given: Partial<Caller>): Context =>
  ({ caller: { projectId: 'shop', userId: 'acc_ann', permissions: PERMISSIONS, ...given } }) as Context
const ann = as({})
const chief = as({ permissions: [...PERMISSIONS, 'datasets:unseal'] })

/** Calls at minutes of the hour. */
const calls = [1, 2, 3, 4, 5, 6].map((minute) => ({
  traceId: 'a'.repeat(32),
  spanId: `${minute}`.padStart(16, '0'),
  at: Date.UTC(2026, 10, 21, 12, minute),
  question: `what happens in minute ${minute} of this long hour`,
}))
let asked: { filter: Filter[]; from?: string | undefined; to?: string | undefined }[] = []
const spans: SpanReader = {
  read: async (_, { spanId }) => {
    const call = calls.find((one) => one.spanId === spanId)
    return call && ({ name: 'chat', model: 'm', input: JSON.stringify([{ role: 'user', content: call.question }]), output: 'ok' } as never)
  },
  find: async (_, { from = '', to = '', filter, limit, cursor }) => {
    asked.push({ filter, from, to })
    if (filter.some(({ field }) => field === 'statusMessage')) throw new AppError('invalid-request', 'There is no field "broken".')
    const found = calls.filter(({ at }) => at >= Date.parse(from) && at < Date.parse(to)).toReversed()
    const start = Number(cursor ?? 0)
    const size = Math.min(limit, 2)
    return { spans: found.slice(start, start + size), ...(found.length > start + size && { nextCursor: `${start + size}` }) }
  },
}

let sql: Sql
let datasets: ReturnType<typeof datasetHandlers>
let rules: ReturnType<typeof datasetRuleHandlers>
let clock = new Date(Date.UTC(2026, 10, 21, 12, 0))
const now = () => clock
const minute = (at: number) => new Date(Date.UTC(2026, 10, 21, 12, at))
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  datasets = datasetHandlers({ sql, spans, now })
  rules = datasetRuleHandlers({ sql, now })
})
afterAll(() => sql[Symbol.asyncDispose]())

const parsed = <R extends RouteId>(row: R, given: object): Parsed<R> => api[row].input.parse(given) as Parsed<R>
const create = (name: string) => datasets['datasets.create']({ name, description: '' }, ann)
const write = (name: string, items: object[]) => datasets['datasets.write'](parsed('datasets.write', { name, items }), ann)
const importing = (given: object) => datasets['datasets.import'](parsed('datasets.import', given), ann)
const itemsOf = async (name: string) => (await datasets['datasets.items'](parsed('datasets.items', { name, limit: 100 }), ann)).items
const follow = (at: Date) => {
  clock = at
  return followRules({ sql, spans, now, lagMs: 60_000 })
}
const errorOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => (error instanceof AppError ? error : Promise.reject(error)),
  )

describe('rules', () => {
  const addRule = (given: object) => rules['datasetRules.create'](parsed('datasetRules.create', { name: 'live', ...given }), ann)
  const ruleNow = async () => (await rules['datasetRules.list']({ name: 'live' }, ann)).rules[0]

  test('calls become items once they have ended, each once, as many as a day may have', async () => {
    clock = minute(0)
    await create('live')
    const { id } = await addRule({ filter: [{ field: 'model', op: 'eq', value: 'm' }], mostPerDay: 4, tags: ['live'], split: 'train' })
    await follow(minute(4))
    expect((await itemsOf('live')).map(({ source }) => source)).toHaveLength(2)
    expect(asked.at(-1)).toEqual({
      filter: [{ field: 'model', op: 'eq', value: 'm' }],
      from: minute(0).toISOString(),
      to: minute(3).toISOString(),
    })
    await follow(minute(4))
    expect(await ruleNow()).toMatchObject({ added: 2, lookedAt: minute(3).toISOString(), problem: null })
    await follow(minute(10))
    const items = await itemsOf('live')
    expect(items).toHaveLength(4)
    expect(items[0]).toMatchObject({ split: 'train', tags: ['live'], source: { kind: 'trace' } })
    await rules['datasetRules.remove']({ name: 'live', id }, ann)
    expect(await ruleNow()).toBeUndefined()
    expect(await itemsOf('live')).toHaveLength(4)
  })

  test('a share is taken by the ids of calls, and what is there already is left out', async () => {
    clock = minute(0)
    const { id } = await addRule({ rate: 1 })
    await follow(minute(10))
    expect(await ruleNow()).toMatchObject({ added: 2, skipped: 4 })
    await rules['datasetRules.change'](parsed('datasetRules.change', { name: 'live', id, rate: 0.0001, enabled: false }), ann)
    asked = []
    await follow(minute(20))
    expect(asked).toEqual([])
    expect(await errorOf(rules['datasetRules.remove']({ name: 'live', id }, as({ projectId: 'other' })))).toMatchObject({
      code: 'not-found',
    })
    await rules['datasetRules.remove']({ name: 'live', id }, ann)
  })

  test('a filter that is wrong is told where people look, and stops no other rule', async () => {
    clock = minute(0)
    const { id } = await addRule({ filter: [{ field: 'statusMessage', op: 'eq', value: 'x' }] })
    await follow(minute(10))
    expect(await ruleNow()).toMatchObject({ added: 0, problem: 'There is no field "broken".' })
    await rules['datasetRules.remove']({ name: 'live', id }, ann)
  })
})

describe('items that a model writes', () => {
  const answers: string[] = []
  const told: string[] = []
  const run = (given: object, by = ann) =>
    synthesisHandlers({
      sql,
      write: datasetWriter({ sql, now }),
      complete: async (projectId, { messages }) => {
        told.push(`${projectId} ${messages.map(({ content }) => content).join('\n')}`)
        return { text: answers.shift() ?? '', usage: { inputTokens: 10, outputTokens: 5, costUsd: 0.5 } }
      },
    })['datasetSynthesis.run'](parsed('datasetSynthesis.run', { name: 'made', model: 'writer', ...given }), by)

  test('say who wrote them and after which, never after the holdout', async () => {
    await create('made')
    expect(await errorOf(run({}))).toMatchObject({ code: 'invalid-request' })
    await write('made', [
      { id: 'seed', input: 'How can I pay?', expected: 'By card' },
      { id: 'secret', input: 'the sealed question', split: 'holdout' },
    ])
    answers.push('Sure: [{"input":"Can I pay by bank transfer in three parts?","expected":"Yes"},{"input":"How can I pay?"}]')
    const answer = await run({ count: 5, tags: ['new'], split: 'train' })
    expect(answer).toMatchObject({ added: 1, skipped: 1, usage: { calls: 1, costUsd: 0.5 } })
    expect(told.at(-1)).toContain('shop ')
    expect(told.at(-1)).not.toContain('sealed question')
    const made = (await itemsOf('made')).find(({ tags }) => tags.includes('synthetic'))
    expect(made).toMatchObject({
      split: 'train',
      tags: ['new', 'synthetic'],
      source: { kind: 'synthetic', model: 'writer', from: ['seed'] },
    })
    expect(await errorOf(run({ from: ['secret'] }))).toMatchObject({ code: 'not-found' })
  })

  test('one answer that is no list is sent back; two are an error; a rehearsal keeps nothing', async () => {
    answers.push('I cannot', '[{"input":"When does the shop open on a Sunday in winter?"}]')
    expect(await run({ dryRun: true })).toMatchObject({ added: 1, usage: { calls: 2, inputTokens: 20 }, items: [{ tags: ['synthetic'] }] })
    expect(await itemsOf('made')).toHaveLength(3)
    answers.push('no', 'no')
    expect(await errorOf(run({}))).toMatchObject({ code: 'unavailable' })
    expect(await errorOf(run({}, as({ permissions: ['datasets:write'] })))).toMatchObject({ code: 'permission-denied' })
  })
})

describe('what resembles', () => {
  test('is found across splits, the most alike first', async () => {
    await create('alike')
    const long = 'please tell me where my order of the blue shoes is right now today'
    await write('alike', [
      { id: 'a', input: long, split: 'train' },
      { id: 'b', input: `${long} please`, split: 'holdout' },
      { id: 'c', input: 'something else entirely is asked here' },
      { id: 'd', input: long.toUpperCase() },
    ])
    const { pairs, version } = await datasets['datasets.duplicates']({ name: 'alike' }, ann)
    expect(version).toBe(1)
    expect(pairs[0]).toEqual({ id: 'd', of: 'a', similarity: 1 })
    expect(pairs[1]).toMatchObject({ id: 'b', of: expect.stringMatching(/a|d/) })
    expect(pairs).toHaveLength(2)
  })
})

describe('files', () => {
  const bytesOf = async (name: string, format: string, by = ann) => {
    const file = await datasets['datasets.export'](
      parsed('datasets.export', { name, format, ...(by === chief && { unseal: 'audit' }) }),
      by,
    )
    if (!(file instanceof Streamed)) throw new Error('no file')
    const pieces: Uint8Array[] = []
    for await (const piece of file.pieces) pieces.push(piece)
    return { bytes: Buffer.concat(pieces), name: file.about.fileName }
  }

  test('what is exported comes in again the same, in each format', async () => {
    await create('a/full set')
    await write('a/full set', [
      {
        id: 'one',
        input: { question: 'ÄÖ?', n: 1 },
        expected: ['a', 'b'],
        context: ['x'],
        tags: ['t', 'u'],
        split: 'test',
        metadata: { k: 'v' },
      },
      { id: 'two', input: 'plain, "text"\nof two lines' },
      { id: 'three', input: 'sealed', split: 'holdout' },
    ])
    const original = await itemsOf('a/full set')
    for (const format of ['jsonl', 'csv', 'parquet'] as const) {
      const { bytes, name } = await bytesOf('a/full set', format)
      expect(name).toBe(`a-full-set-v1.${format}`)
      const text = format === 'parquet' ? bytes.toString('base64') : bytes.toString('utf8')
      const { added, columns } = await importing({ name: `again ${format}`, create: true, format, text })
      expect(added).toBe(2)
      expect(columns).toContain('input')
      expect((await itemsOf(`again ${format}`)).map(({ id, hash }) => [id, hash])).toEqual(
        original.slice(0, 2).map(({ id, hash }) => [id, hash]),
      )
    }
  })

  test('the holdout is in it only where it was opened, and that is kept', async () => {
    expect(await errorOf(datasets['datasets.export'](parsed('datasets.export', { name: 'a/full set', unseal: 'why' }), ann))).toMatchObject(
      { code: 'permission-denied' },
    )
    expect((await bytesOf('a/full set', 'jsonl', chief)).bytes.toString()).toContain('sealed')
    expect((await datasets['datasets.unsealed'](parsed('datasets.unsealed', { name: 'a/full set' }), ann)).opened).toMatchObject([
      { items: 1, why: 'audit' },
    ])
  })

  test('Parquet of others: numbers, lists as JSON, columns by other names; what is none is refused', async () => {
    const file = parquetWriteBuffer({
      columnData: [
        { name: 'q', data: ['one', 'two'], type: 'STRING' },
        { name: 'big', data: [1n, 2n], type: 'INT64' },
        { name: 'rate', data: [0.5, Number.NaN], type: 'DOUBLE' },
      ],
    })
    const text = Buffer.from(file).toString('base64')
    const failed = await errorOf(importing({ name: 'parquet', create: true, format: 'parquet', text, dryRun: true }))
    expect(failed).toMatchObject({ code: 'invalid-request', data: { columns: ['q', 'big', 'rate'] } })
    const { preview } = await importing({ name: 'parquet', create: true, format: 'parquet', text, fields: { input: 'q' } })
    expect(preview.map(({ content }) => content)).toEqual([
      { input: 'one', metadata: { big: 1, rate: 0.5 }, tags: [] },
      { input: 'two', metadata: { big: 2, rate: null }, tags: [] },
    ])
    expect(await errorOf(importing({ name: 'parquet', format: 'parquet', text: 'bm9uZQ==' }))).toMatchObject({ code: 'invalid-request' })
    const broken = Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(60)]).toString('base64')
    expect(await errorOf(importing({ name: 'parquet', format: 'parquet', text: broken }))).toMatchObject({ code: 'invalid-request' })
  })

  test('calls can be shown as items before they are kept', async () => {
    await create('preview')
    const places = [{ traceId: 'a'.repeat(32), spanId: calls[0]?.spanId }]
    const shown = await datasets['datasets.addSpans'](
      parsed('datasets.addSpans', { name: 'preview', spans: places, expected: 'output', dryRun: true }),
      ann,
    )
    expect(shown).toMatchObject({ added: 1, preview: [{ content: { input: calls[0]?.question, expected: 'ok' } }] })
    expect(await itemsOf('preview')).toEqual([])
  })
})
