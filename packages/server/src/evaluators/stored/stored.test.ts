import { AppError, api, type Caller, type Parsed, type RouteId } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import type { JudgeRequest } from '../evaluator.ts'
import { evaluatorHandlers } from './handlers.ts'
import { createStoredEvaluators } from './stored-evaluators.ts'

const as = (given: Partial<Caller>): Context =>
  ({
    caller: { projectId: 'shop', userId: 'acc_ann', permissions: ['evaluators:read', 'evaluators:write', 'gateway:call'], ...given },
  }) as Context
const ann = as({})
const elsewhere = as({ projectId: 'other' })

let sql: Sql
let stored: ReturnType<typeof createStoredEvaluators>
let handlers: ReturnType<typeof evaluatorHandlers>
const asked: JudgeRequest[] = []
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  await sql.query(
    `insert into accounts (id, email, role, source, created_at) values ('acc_ann', 'ann@example.test', 'member', 'api', now())`,
  )
  stored = createStoredEvaluators({ sql, masterKey: 'master' })
  handlers = evaluatorHandlers({
    stored,
    allowsPrivate: async (projectId) => projectId === 'other',
    envFor: () => ({
      complete: async (request) => {
        asked.push(request)
        if (request.messages.at(-1)?.content === 'break') throw new Error('429 too many')
        const text = request.schema ? '{"reason":"it is polite","score":1,"pass":true,"verdict":"yes","choice":"Y"}' : 'an answer'
        return { text, usage: { inputTokens: 3, outputTokens: 2, costUsd: 0.001 } }
      },
      query: async () => [{ score: 3 }],
    }),
    itemRows: async (_, { split }) =>
      split === 'holdout'
        ? []
        : [
            { id: 'a', output: null, input: 'hello', expected: 'an answer' },
            { id: 'b', output: null, input: 'break' },
          ],
    traceRow: async () => ({ id: 's', output: 'done', traceId: 'f'.repeat(32), spans: [{ name: 'search', kind: 'tool' }] }),
  })
})
afterAll(() => sql[Symbol.asyncDispose]())

const parsed = <R extends RouteId>(row: R, given: object): Parsed<R> => api[row].input.parse(given) as Parsed<R>
const put = (given: object, by = ann) => handlers['evaluators.put'](parsed('evaluators.put', given), by)
const get = (given: object, by = ann) => handlers['evaluators.get'](parsed('evaluators.get', given), by)
const list = (given: object = {}, by = ann) => handlers['evaluators.list'](parsed('evaluators.list', given), by)
const tryOn = async (given: object, by = ann) =>
  api['evaluators.try'].output.parse(await handlers['evaluators.try'](parsed('evaluators.try', given), by))
const errorOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => (error instanceof AppError ? error : Promise.reject(error)),
  )

describe('evaluators that are kept', () => {
  test('every change is a version, and the same again is none', async () => {
    const first = await put({ name: 'support/polite', evaluator: 'contains', params: { value: 'please' }, description: 'says please' })
    expect(first).toMatchObject({
      version: 1,
      newest: 1,
      createdBy: 'ann@example.test',
      problem: null,
      hash: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    expect(await put({ name: 'support/polite', evaluator: 'contains', params: { value: 'please' } })).toMatchObject({
      version: 1,
      description: 'says please',
    })
    const second = await put({
      name: 'support/polite',
      evaluator: 'icontains',
      params: { value: 'please' },
      message: 'any case',
      expectedVersion: 1,
    })
    expect(second).toMatchObject({ version: 2, message: 'any case' })
    expect(second.hash).not.toBe(first.hash)
    expect(await errorOf(put({ name: 'support/polite', evaluator: 'contains', params: { value: 'x' }, expectedVersion: 1 }))).toMatchObject(
      { code: 'conflict' },
    )
    expect(await get({ name: 'support/polite', version: 1 })).toMatchObject({
      evaluator: 'contains',
      hash: first.hash,
      version: 1,
      newest: 2,
    })
    const { versions } = await handlers['evaluators.versions'](parsed('evaluators.versions', { name: 'support/polite', limit: 1 }), ann)
    expect(versions.map(({ version }) => version)).toEqual([2])
    expect(await stored.resolve('shop', 'support/polite', 1)).toMatchObject({
      evaluator: 'contains',
      params: { value: 'please' },
      hash: first.hash,
    })
    expect(await errorOf(get({ name: 'support/polite', version: 9 }))).toMatchObject({ code: 'not-found', hint: 'The newest is 2.' })
  })

  test('another project has its own, and nothing of these', async () => {
    expect((await list({}, elsewhere)).evaluators).toEqual([])
    expect(await errorOf(get({ name: 'support/polite' }, elsewhere))).toMatchObject({ code: 'not-found' })
    expect(await errorOf(tryOn({ stored: 'support/polite', rows: [{ output: 'x' }] }, elsewhere))).toMatchObject({ code: 'not-found' })
  })

  test('the list is by name, page by page, without what is archived', async () => {
    await put({ name: 'a', evaluator: 'equals' })
    await put({ name: 'b', evaluator: 'equals' })
    await handlers['evaluators.change'](parsed('evaluators.change', { name: 'b', archived: true }), ann)
    const first = await list({ limit: 1 })
    expect(first.evaluators.map(({ name }) => name)).toEqual(['a'])
    expect((await list({ limit: 1, cursor: first.nextCursor })).evaluators.map(({ name }) => name)).toEqual(['support/polite'])
    expect((await list({ archived: 'true' })).evaluators.map(({ name }) => name)).toEqual(['b'])
    expect((await list({ search: 'PLEASE' })).evaluators.map(({ name }) => name)).toEqual(['support/polite'])
    expect(await errorOf(put({ name: 'b', evaluator: 'equals', params: { trim: true } }))).toMatchObject({ code: 'conflict' })
    expect(await errorOf(list({ cursor: '!' }))).toMatchObject({ code: 'invalid-request' })
  })

  test('what cannot run is refused before it is kept', async () => {
    expect(await errorOf(put({ name: 'x', evaluator: 'nothing' }))).toMatchObject({ code: 'invalid-request' })
    expect(await errorOf(put({ name: 'x', evaluator: 'contains', params: { valu: 1 } }))).toMatchObject({ code: 'invalid-request' })
    expect(await errorOf(put({ name: 'x', evaluator: 'code', params: { source: 'const = 1' } }))).toMatchObject({ code: 'invalid-request' })
    expect(await errorOf(put({ name: 'x', evaluator: 'sql', params: { query: 'select 1 as score' } }))).toMatchObject({
      code: 'permission-denied',
    })
    expect(await errorOf(get({ name: 'x' }))).toMatchObject({ code: 'not-found' })
  })

  test('a service at a private address takes an owner who allows it', async () => {
    const params = { url: 'http://127.0.0.1:9/score' }
    expect(await errorOf(put({ name: 'own', evaluator: 'http', params }))).toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('private address'),
    })
    expect(await errorOf(tryOn({ evaluator: 'http', params, rows: [{ output: 'x' }] }))).toMatchObject({ code: 'invalid-request' })
    expect(await put({ name: 'own', evaluator: 'http', params }, elsewhere)).toMatchObject({ version: 1 })
  })

  test('values of headers are sealed, and go only where they were saved for', async () => {
    const url = 'https://scores.invalid/grade'
    const kept = await put({ name: 'service', evaluator: 'http', params: { url, headers: { authorization: 'Bearer topsecret' } } })
    expect(kept.params).toEqual({ url, headers: { authorization: '•••' } })
    expect(JSON.stringify(await sql.query('select * from evaluator_versions'))).not.toContain('topsecret')
    expect(await put({ name: 'service', evaluator: 'http', params: { ...kept.params, timeoutMs: 500 } })).toMatchObject({ version: 2 })
    expect((await stored.resolve('shop', 'service')).params).toMatchObject({
      timeoutMs: 500,
      headers: { authorization: 'Bearer topsecret' },
    })
    expect(
      await errorOf(put({ name: 'service', evaluator: 'http', params: { ...kept.params, url: 'https://elsewhere.invalid/' } })),
    ).toMatchObject({ code: 'invalid-request' })
    expect(await errorOf(put({ name: 'new', evaluator: 'http', params: kept.params }))).toMatchObject({ code: 'invalid-request' })
    const other = createStoredEvaluators({ sql, masterKey: 'another' })
    expect(await other.get('shop', 'service')).toMatchObject({ hash: '', problem: expect.stringContaining('another master key') })
    expect(await errorOf(other.resolve('shop', 'service'))).toMatchObject({ code: 'conflict' })
  })
})

describe('the test bench', () => {
  test('rows that are sent, each with its outcome', async () => {
    const answer = await tryOn({
      evaluator: 'equals',
      rows: [{ output: 'a', expected: 'a' }, { output: 'a', expected: 'b' }, { output: 'a' }],
    })
    expect(answer.results.map(({ outcome }) => outcome.status)).toEqual(['scored', 'scored', 'na'])
    expect(answer).toMatchObject({ scored: 2, na: 1, errors: 0, mean: 0.5, usage: null, answers: null })
  })

  test('code of the project, in its sandbox', async () => {
    const answer = await tryOn({
      evaluator: 'code',
      params: { source: '(row: { output: string }) => row.output.length / 10' },
      rows: [{ output: '12345' }],
    })
    expect(answer.results[0]?.outcome).toMatchObject({ status: 'scored', score: 0.5 })
  })

  test('one that is kept, by its name and version', async () => {
    expect(await tryOn({ stored: 'support/polite', version: 1, rows: [{ output: 'PLEASE' }] })).toMatchObject({
      evaluator: 'contains',
      mean: 0,
    })
    expect(await tryOn({ stored: 'support/polite', rows: [{ output: 'PLEASE' }] })).toMatchObject({ evaluator: 'icontains', mean: 1 })
  })

  test('a sample of a dataset: what is expected, or what a model answers', async () => {
    const on = (dataset: object) => tryOn({ evaluator: 'equals', dataset: { name: 'golden', ...dataset } })
    expect(await on({})).toMatchObject({ scored: 1, na: 1, mean: 1, answers: null })
    const answered = await on({ output: 'model', model: 'small' })
    expect(answered).toMatchObject({ scored: 1, errors: 1, mean: 1, answers: { calls: 1, costUsd: 0.001 } })
    expect(answered.results[1]?.outcome).toMatchObject({ status: 'error', reason: 'small did not answer. 429 too many' })
    expect(await errorOf(on({ output: 'model' }))).toMatchObject({ code: 'invalid-request' })
    expect(await errorOf(on({ split: 'holdout' }))).toMatchObject({ code: 'invalid-request', message: expect.stringContaining('sealed') })
  })

  test('a trace, with its steps; SQL over it takes its permission', async () => {
    const trajectory = { evaluator: 'trajectory', params: { maxSteps: 1, never: ['pay'] }, trace: { traceId: 't' } }
    expect(await tryOn(trajectory)).toMatchObject({ scored: 1, mean: 1 })
    const sqlOn = (by: Context) => tryOn({ evaluator: 'sql', params: { query: 'select 3 as score' }, trace: { traceId: 't' } }, by)
    expect(await errorOf(sqlOn(ann))).toMatchObject({ code: 'permission-denied' })
    expect(await sqlOn(as({ permissions: ['evaluators:write', 'sql:read'] }))).toMatchObject({ mean: 3 })
  })

  test('a judge is asked only by who may call, and its cost is told', async () => {
    const given = { evaluator: 'closed-qa', params: { criterion: 'Is it polite?' }, rows: [{ input: 'hi', output: 'hello' }] }
    expect(await errorOf(tryOn(given, as({ permissions: ['evaluators:write'] })))).toMatchObject({ code: 'permission-denied' })
    asked.length = 0
    const answer = await tryOn(given)
    expect(asked.length).toBeGreaterThan(0)
    expect(answer.usage).toMatchObject({ calls: asked.length, inputTokens: 3 * asked.length })
  })

  test('exactly one thing is tried on', async () => {
    expect(await errorOf(tryOn({ evaluator: 'equals' }))).toMatchObject({ code: 'invalid-request' })
    expect(await errorOf(tryOn({ evaluator: 'equals', rows: [{ output: 1 }], trace: { traceId: 't' } }))).toMatchObject({
      code: 'invalid-request',
    })
    expect(await errorOf(tryOn({ rows: [{ output: 1 }] }))).toMatchObject({ code: 'invalid-request' })
  })
})
