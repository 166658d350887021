import { AppError, api, type Caller, type Parsed } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { datasetHandlers } from './handlers.ts'
import type { SpanReader } from './spans.ts'

const EDITOR = ['datasets:read', 'datasets:write']
const as = (given: Partial<Caller>): Context => ({ caller: { projectId: 'shop', permissions: EDITOR, ...given } }) as Context
const ann = as({ userId: 'acc_ann' })
const chief = as({ userId: 'acc_ann', permissions: [...EDITOR, 'datasets:unseal'] })
const elsewhere = as({ projectId: 'other' })

const RECORDED: Record<string, { name: string; model: string; input: unknown; output: unknown }> = {
  aaaaaaaaaaaaaaaa: { name: 'chat', model: 'gpt-4o', input: '[{"role":"user","content":"Where is order 7?"}]', output: 'On its way.' },
  bbbbbbbbbbbbbbbb: { name: 'chat', model: 'gpt-4o', input: '', output: 'kept without its input' },
}
const spans: SpanReader = {
  read: async (projectId, { spanId }) => (projectId === 'shop' ? (RECORDED[spanId] as never) : undefined),
  find: async (_, { limit }) => ({
    spans: Object.keys(RECORDED)
      .map((spanId) => ({ traceId: 't', spanId }))
      .slice(0, limit),
  }),
}

let sql: Sql
let handlers: ReturnType<typeof datasetHandlers>
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  await sql.query(
    `insert into accounts (id, email, role, source, created_at) values ('acc_ann', 'ann@example.test', 'member', 'api', now())`,
  )
  handlers = datasetHandlers({ sql, spans })
})
afterAll(() => sql[Symbol.asyncDispose]())

let count = 0
/** A new dataset, and what is done to it again and again. */
async function fresh() {
  const name = `support/set ${++count}`
  await handlers['datasets.create']({ name, description: '' }, ann)
  const parsed = <R extends 'datasets.write' | 'datasets.import' | 'datasets.items' | 'datasets.addSpans'>(
    row: R,
    given: object,
  ): Parsed<R> => api[row].input.parse({ name, ...given }) as Parsed<R>
  return {
    name,
    write: (given: object, by = ann) => handlers['datasets.write'](parsed('datasets.write', given), by),
    import: (given: object) => handlers['datasets.import'](parsed('datasets.import', given), ann),
    addSpans: (given: object) => handlers['datasets.addSpans'](parsed('datasets.addSpans', given), ann),
    items: async (given: object = {}, by = ann) =>
      api['datasets.items'].output.parse(await handlers['datasets.items'](parsed('datasets.items', given), by)),
    ids: async (version?: number) =>
      (await handlers['datasets.items'](parsed('datasets.items', { version }), ann)).items.map(({ id }) => id),
  }
}
const errorOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => (error instanceof AppError ? error : Promise.reject(error)),
  )

describe('versions', () => {
  test('every change makes one, and none of them changes again', async () => {
    const set = await fresh()
    expect(
      await set.write({
        items: [
          { id: 'a', input: 'one' },
          { id: 'b', input: 'two', tags: ['critical'] },
        ],
      }),
    ).toMatchObject({
      version: 1,
      added: 2,
    })
    expect(await set.write({ items: [{ id: 'a', input: 'one!', expected: 1 }], remove: ['b'], message: 'less' })).toMatchObject({
      version: 2,
      changed: 1,
      removed: 1,
    })
    expect(await set.ids(1)).toEqual(['a', 'b'])
    expect((await set.items({ version: 1 })).items[0]?.content?.input).toBe('one')
    expect(await set.ids()).toEqual(['a'])
    const { versions } = await handlers['datasets.versions']({ name: set.name, limit: 10 }, ann)
    expect(versions).toMatchObject([
      { version: 2, itemCount: 1, changed: 1, removed: 1, message: 'less', createdBy: 'ann@example.test' },
      { version: 1, itemCount: 2, added: 2 },
    ])
    const { changes } = await handlers['datasets.diff']({ name: set.name, from: 1, to: 2, limit: 10 }, ann)
    expect(changes.map(({ id, kind }) => [id, kind])).toEqual([
      ['a', 'changed'],
      ['b', 'removed'],
    ])
    expect(await handlers['datasets.restore']({ name: set.name, version: 1, message: '' }, ann)).toMatchObject({
      version: 3,
      added: 1,
      changed: 1,
    })
    expect((await handlers['datasets.versions']({ name: set.name, limit: 1 }, ann)).versions[0]?.hash).toBe(versions[1]?.hash)
  })

  test('the same again is no version, whoever sends it and however its fields are ordered', async () => {
    const set = await fresh()
    const { version } = await set.write({ items: [{ id: 'a', input: { x: 1, y: [2] }, metadata: { m: 1 } }] })
    expect(await set.write({ items: [{ id: 'a', metadata: { m: 1 }, input: { y: [2], x: 1 } }] })).toMatchObject({
      version,
      unchanged: 1,
      changed: 0,
    })
  })

  test('an item without an id has one of its content, so that sending it twice adds it once', async () => {
    const set = await fresh()
    await set.write({ items: [{ input: 'hello' }, { input: 'hello' }, { input: 'bye' }] })
    expect(await set.write({ items: [{ input: 'hello' }] })).toMatchObject({ added: 0, unchanged: 1, version: 1 })
    expect(await set.ids()).toHaveLength(2)
  })

  test('who changes what somebody else has changed since is told so, and of many at once each makes its own', async () => {
    const set = await fresh()
    await set.write({ items: [{ id: 'a', input: '1' }] })
    const error = await errorOf(set.write({ items: [{ id: 'a', input: '2' }], expectedVersion: 0 }))
    expect(error).toMatchObject({ code: 'conflict', data: { version: 1, changedBy: 'ann@example.test' } })
    const done = await Promise.all(Array.from({ length: 6 }, (_, at) => set.write({ items: [{ id: `n${at}`, input: `${at}` }] })))
    expect(done.map(({ version }) => version).toSorted()).toEqual([2, 3, 4, 5, 6, 7])
    expect(await set.ids()).toHaveLength(7)
  })

  test('what cannot be done changes nothing, and says why', async () => {
    const set = await fresh()
    await set.write({ items: [{ id: 'a', input: '1' }] })
    expect((await errorOf(set.write({ items: [{ id: 'b', input: 'x' }], remove: ['zzz'] }))).message).toContain('"zzz"')
    expect(
      (
        await errorOf(
          set.write({
            items: [
              { id: 'b', input: 'x' },
              { id: 'b', input: 'y' },
            ],
          }),
        )
      ).message,
    ).toContain('"b"')
    expect((await errorOf(set.items({ version: 9 }))).code).toBe('not-found')
    expect((await errorOf(set.items({ cursor: 'nonsense' }))).code).toBe('invalid-request')
    await handlers['datasets.change']({ name: set.name, archived: true }, ann)
    expect((await errorOf(set.write({ items: [{ id: 'b', input: 'x' }] }))).message).toContain('archived')
    expect(await set.ids()).toEqual(['a'])
  })

  test('nothing of it is seen from another project', async () => {
    const set = await fresh()
    await set.write({ items: [{ id: 'a', input: '1' }] })
    for (const work of [
      set.items({}, elsewhere),
      set.write({ items: [] }, elsewhere),
      handlers['datasets.remove']({ name: set.name }, elsewhere),
    ])
      expect((await errorOf(work)).code).toBe('not-found')
    expect(await handlers['datasets.list']({ archived: 'false', limit: 50 }, elsewhere)).toEqual({ datasets: [] })
  })
})

describe('the holdout', () => {
  const ITEMS = [
    { id: 'open', input: 'seen', split: 'train' },
    { id: 'shut', input: 'a secret question', expected: 'a secret answer', split: 'holdout', tags: ['hard'] },
  ]

  test('is neither read nor found without the right to open it', async () => {
    const set = await fresh()
    await set.write({ items: ITEMS })
    const { items } = await set.items()
    expect(items.map(({ id, sealed }) => [id, sealed])).toEqual([
      ['open', false],
      ['shut', true],
    ])
    const told = JSON.stringify([
      items,
      await set.items({ search: 'secret' }),
      await set.items({ tag: 'hard' }),
      await handlers['datasets.diff']({ name: set.name, from: 0, to: 1, limit: 10 }, ann),
    ])
    expect(told).not.toContain('secret')
    expect(told).not.toContain('hard')
    expect((await errorOf(set.items({ unseal: 'just looking' }))).code).toBe('permission-denied')
  })

  test('says for ever who opened it and why', async () => {
    const set = await fresh()
    await set.write({ items: ITEMS })
    const { items } = await set.items({ unseal: 'the last test before release' }, chief)
    expect(items[1]?.content).toMatchObject({ expected: 'a secret answer' })
    await handlers['datasets.remove']({ name: set.name }, ann)
    const { opened } = await handlers['datasets.unsealed']({ name: set.name, limit: 10 }, ann)
    expect(opened).toMatchObject([{ by: 'ann@example.test', why: 'the last test before release', items: 1, version: 1 }])
  })
})

describe('what is there already', () => {
  const long = (end: string) => `My parcel with the number 4711 has not arrived yet and I would like to know where it is now ${end}`

  test('is named, and left out where that is asked for', async () => {
    const set = await fresh()
    await set.write({
      items: [
        { id: 'a', input: long('please') },
        { id: 'b', input: 'Something else entirely, about an invoice' },
      ],
    })
    const sent = {
      items: [
        { id: 'c', input: long('thanks') },
        { id: 'd', input: long('Thanks!') },
        { id: 'e', input: 'Can I pay by card in the shop?' },
      ],
    }
    expect(await set.write({ ...sent, duplicates: 'skip' })).toMatchObject({
      added: 1,
      skipped: 2,
      duplicates: [
        { id: 'c', of: 'a' },
        { id: 'd', of: 'a' },
      ],
    })
    expect(await set.write(sent)).toMatchObject({ added: 2, skipped: 0, unchanged: 1 })
  })

  test('an item that is changed is no duplicate of itself', async () => {
    const set = await fresh()
    await set.write({ items: [{ id: 'a', input: long('please') }] })
    expect(await set.write({ items: [{ id: 'a', input: long('now') }], duplicates: 'skip' })).toMatchObject({ changed: 1, duplicates: [] })
  })
})

describe('from calls', () => {
  test('of a trace: its input, its answer where wanted, and where it came from', async () => {
    const set = await fresh()
    const named = Object.keys(RECORDED).map((spanId) => ({ traceId: 't', spanId }))
    const change = await set.addSpans({
      spans: [...named, { traceId: 't', spanId: 'cccccccccccccccc' }],
      expected: 'output',
      tags: ['live'],
    })
    expect(change).toMatchObject({
      added: 1,
      missing: [
        { spanId: 'bbbbbbbbbbbbbbbb', why: 'its input was not recorded' },
        { spanId: 'cccccccccccccccc', why: 'there is no such span' },
      ],
    })
    expect((await set.items()).items[0]).toMatchObject({
      content: { input: 'Where is order 7?', expected: 'On its way.', metadata: { model: 'gpt-4o' } },
      source: { kind: 'trace', traceId: 't', spanId: 'aaaaaaaaaaaaaaaa' },
      tags: ['live'],
    })
    expect(await set.addSpans({ filter: '[]', first: 1 })).toMatchObject({ added: 0, skipped: 1 })
    expect((await errorOf(set.addSpans({}))).code).toBe('invalid-request')
  })
})

describe('files', () => {
  test.each([
    ['jsonl', '{"id":1,"input":"q","expected":"a","tags":["x"],"note":"n"}\n\n{"question":"q2","answer":"b"}\n'],
    ['json', '[{"id":"1","input":"q","expected":"a","tags":"x","note":"n"},{"query":"q2","ideal":"b"}]'],
    ['csv', '\uFEFFid,input,expected,tags,note\r\n1,q,a,x,n\r\n,q2,b,,\r\n'],
  ])('%s', async (format, text) => {
    const set = await fresh()
    expect(await set.import({ format, text, dryRun: true, split: 'test' })).toMatchObject({ rows: 2, added: 2, version: 1 })
    expect(await set.ids()).toEqual([])
    const missing = { name: `${set.name} of ${format}`, format, text }
    expect((await errorOf(set.import(missing))).code).toBe('not-found')
    expect(await set.import({ ...missing, create: true, dryRun: true })).toMatchObject({ added: 2 })
    expect((await errorOf(set.import(missing))).code).toBe('not-found')
    expect(await set.import({ ...missing, create: true })).toMatchObject({ added: 2, version: 1 })
    await set.import({ format, text, split: 'test', tags: ['all'] })
    const { items } = await set.items()
    expect(items.map(({ content }) => content)).toEqual([
      { input: 'q', expected: 'a', metadata: { note: 'n' }, tags: ['x', 'all'], split: 'test' },
      { input: 'q2', expected: 'b', metadata: {}, tags: ['all'], split: 'test' },
    ])
    expect(items[0]).toMatchObject({ id: '1', source: { kind: 'import', format } })
  })

  test('of OpenAI Evals and of promptfoo', async () => {
    const set = await fresh()
    await set.import({ format: 'openai-evals', text: '{"input":[{"role":"user","content":"2+2"}],"ideal":["4","four"]}' })
    await set.import({
      format: 'promptfoo',
      text: 'prompts: [x]\ntests:\n  - description: greeting\n    vars: { name: Ann }\n    assert:\n      - { type: latency, threshold: 5 }\n      - { type: icontains, value: hello }\n',
    })
    const { items } = await set.items()
    expect(items[0]?.content).toMatchObject({ input: [{ content: '2+2' }], expected: ['4', 'four'] })
    expect(items[1]?.content).toMatchObject({ input: { name: 'Ann' }, expected: 'hello', metadata: { description: 'greeting' } })
    expect(items[1]?.content?.metadata.assert).toHaveLength(2)
  })

  test('in place of what is there', async () => {
    const set = await fresh()
    await set.import({ format: 'jsonl', text: '{"id":"a","input":"1"}\n{"id":"b","input":"2"}' })
    expect(await set.import({ format: 'csv', text: 'id,frage\nb,2\nc,3', fields: { input: 'frage' }, replace: true })).toMatchObject({
      added: 1,
      removed: 1,
      unchanged: 1,
    })
    expect(await set.ids()).toEqual(['b', 'c'])
  })

  test.each([
    ['jsonl', '{"input":1}\nnot json', 'Line 2'],
    ['jsonl', '{"input":1}\n[]', 'Line 2'],
    ['jsonl', '{"x":1}', 'Line 1 has no input'],
    ['jsonl', '{"input":"q","split":"private"}', 'split'],
    ['csv', 'input\n"open', 'double quotes'],
    ['csv', 'input\na,b', 'Record 2 has 2 cells'],
    ['promptfoo', 'tests: file://tests.csv', 'no list of tests'],
    ['json', '{"input":1}', 'not a list'],
    ['jsonl', '\n', 'no rows'],
  ])('%s that is wrong says where, and nothing is taken: %j', async (format, text, said) => {
    const set = await fresh()
    expect(await errorOf(set.import({ format, text }))).toMatchObject({ code: 'invalid-request', message: expect.stringContaining(said) })
    expect(await set.ids()).toEqual([])
  })
})

test('pages are of a version, whatever is added meanwhile', async () => {
  const set = await fresh()
  await set.write({ items: Array.from({ length: 25 }, (_, at) => ({ id: `i${at}`, input: `text ${at}` })) })
  const first = await set.items({ limit: 10 })
  await set.write({ items: [{ id: 'late', input: 'late' }], remove: ['i15'] })
  const rest = await set.items({ limit: 50, version: first.version, cursor: first.nextCursor })
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(Array.from({ length: 25 }, (_, at) => `i${at}`))
  const { splits } = await handlers['datasets.get']({ name: set.name }, ann)
  expect(splits).toEqual([{ value: '', count: 25 }])
})

test('a list has those of the project, by name; names are once, and can be changed', async () => {
  for (const name of ['zoo/a', 'zoo/b']) await handlers['datasets.create']({ name, description: 'animals' }, ann)
  const listed = await handlers['datasets.list']({ search: 'ANIMALS', archived: 'false', limit: 1 }, ann)
  expect(listed.datasets.map(({ name }) => name)).toEqual(['zoo/a'])
  const { datasets } = await handlers['datasets.list']({ search: 'animals', archived: 'false', limit: 1, cursor: listed.nextCursor }, ann)
  expect(datasets.map(({ name }) => name)).toEqual(['zoo/b'])
  expect((await errorOf(handlers['datasets.create']({ name: 'zoo/a', description: '' }, ann))).code).toBe('conflict')
  expect((await errorOf(handlers['datasets.change']({ name: 'zoo/b', newName: 'zoo/a' }, ann))).code).toBe('conflict')
  expect(await handlers['datasets.change']({ name: 'zoo/b', newName: 'zoo/c' }, ann)).toMatchObject({
    name: 'zoo/c',
    description: 'animals',
  })
})
