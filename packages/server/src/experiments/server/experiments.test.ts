import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, PERMISSIONS_OF } from '@signalbox/schema'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sql } from '../../store/ports.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { type Asked, type ExperimentWorld, experimentWorld } from './world.case.ts'

let sql: Sql
let folder: string
let world: ExperimentWorld
let count = 0
beforeAll(async () => {
  sql = await openPglite('memory')
  folder = mkdtempSync(join(tmpdir(), 'experiments-'))
})
beforeEach(async () => {
  world = await experimentWorld(sql, `p${++count}`, folder)
})
afterEach(async () => {
  await world.close()
  expect(world.warnings).toEqual([])
})
afterAll(async () => {
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const lastUser = ({ request }: Asked): string => (request.messages as { content: string }[]).at(-1)?.content ?? ''

/** Capitals: `good` knows them all, `bad` not the first three. */
async function capitals(size = 20) {
  await world.call('datasets.create', { name: 'capitals' })
  await world.call('datasets.write', {
    name: 'capitals',
    items: Array.from({ length: size }, (_, at) => ({
      id: `c${String(at).padStart(2, '0')}`,
      input: `country ${at}`,
      expected: `capital ${at}`,
      tags: at === 0 ? ['critical'] : [],
    })),
  })
  world.answers((asked) => {
    const number = lastUser(asked).match(/\d+/)?.[0] ?? ''
    const knows = asked.model.endsWith('good') || Number(number) > 2
    return {
      output: knows ? `capital ${number}` : 'no idea',
      costUsd: 0.001,
      ms: 7,
      traceId: `t${number}`,
      usage: { inputTokens: 3, outputTokens: 2 },
    }
  })
}
const twoModels = {
  name: 'capitals',
  dataset: { name: 'capitals' },
  models: ['sim/good', 'sim/bad'],
  evaluators: ['equals'],
  gate: { vs: 'sim/good' },
}
async function refused(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(AppError)
  return error as AppError
}

describe('an experiment on the server', () => {
  test('asks every item of every variant, scores what comes, compares and judges', async () => {
    await capitals()
    const { id, state } = await world.call('experiments.create', twoModels)
    expect(state).toMatch(/queued|running/)
    await world.idle()
    const done = await world.call('experiments.get', { id })
    expect(done).toMatchObject({
      state: 'done',
      why: null,
      gate: 'fail',
      dataset: { name: 'capitals', version: 1, rows: 20 },
      progress: { total: 40, done: 40, failed: 0, judgeCostUsd: 0 },
      createdBy: 'ann@example.test',
    })
    expect(done.progress.taskCostUsd).toBeCloseTo(0.04)
    expect(done.report?.metrics.find(({ metric, variant }) => metric === 'pass' && variant === 'sim/bad')).toMatchObject({
      mean: 0.85,
      scored: 20,
      ci: { method: 'wilson' },
    })
    expect(done.report?.gate.findings.find(({ name }) => name === 'critical')).toMatchObject({ outcome: 'fail' })

    const rows = await world.call('experiments.rows', { id, baselineVariant: 'sim/good', variant: 'sim/bad', show: 'worse' })
    expect(rows.rows.map(({ itemId }) => itemId)).toEqual(['c00', 'c01', 'c02'])
    expect(rows.counts).toEqual({ all: 20, worse: 3, better: 0, flaky: 0, failed: 3, errors: 0 })
    expect(rows.rows[0]).toMatchObject({
      input: 'country 0',
      expected: 'capital 0',
      change: 'worse',
      answers: [{ variant: 'sim/bad', output: 'no idea', pass: false, traceId: 't0', inputTokens: 3 }],
      baseline: [{ variant: 'sim/good', output: 'capital 0', pass: true }],
    })
    const page = await world.call('experiments.rows', { id, limit: 7 })
    expect(page.rows.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6])
    const next = await world.call('experiments.rows', { id, limit: 7, cursor: page.nextCursor })
    expect(next.rows[0]?.index).toBe(7)
    expect((await world.call('experiments.rows', { id, search: 'no idea' })).rows).toHaveLength(3)
    expect((await world.call('experiments.rows', { id, traceId: 't5' })).rows.map(({ itemId }) => itemId)).toEqual(['c05'])

    const { comparisons } = await world.call('experiments.compare', { id, variant: 'sim/bad' })
    // The same numbers as those of the gate, wherever they are worked out.
    expect(comparisons.find(({ metric }) => metric === 'pass')).toMatchObject({
      difference: done.report?.comparisons[0]?.difference,
      ci: done.report?.comparisons[0]?.ci,
      pValue: done.report?.comparisons[0]?.pValue,
      detectable: done.report?.comparisons[0]?.detectable,
      counts: { bothPass: 17, onlyBaseline: 3, onlyCandidate: 0, bothFail: 0 },
      worse: { count: 3, ids: ['c00', 'c01', 'c02'] },
    })
    const { points } = await world.call('experiments.trend', { dataset: 'capitals', metric: 'pass' })
    expect(points.map(({ variant, mean }) => [variant, mean])).toEqual([
      ['sim/good', 1],
      ['sim/bad', 0.85],
    ])
    const files = await Promise.all(
      (['json', 'jsonl', 'csv', 'junit', 'markdown', 'html'] as const).map((format) => world.call('experiments.export', { id, format })),
    )
    expect(JSON.parse(files[0]?.text ?? '')).toMatchObject({ gate: { outcome: 'fail' }, results: { length: 40 } })
    expect(files[3]?.text).toContain('no idea')
    for (const { text } of files) expect(text.length).toBeGreaterThan(100)
    expect((await world.call('experiments.list', { dataset: 'capitals' })).experiments).toMatchObject([{ id, gate: 'fail' }])
  })

  test('pays for nothing twice: the same questions in another experiment are known, and repeats are not', async () => {
    await capitals()
    await world.call('experiments.create', twoModels)
    await world.idle()
    expect(world.asked).toHaveLength(40)
    const again = await world.call('experiments.create', { ...twoModels, repeats: 2 })
    await world.idle()
    expect(world.asked).toHaveLength(80)
    expect(await world.call('experiments.get', { id: again.id })).toMatchObject({ progress: { done: 80, cached: 40 } })
    await world.call('experiments.create', { ...twoModels, epoch: 'another' })
    await world.idle()
    expect(world.asked).toHaveLength(120)
  })

  test('goes on after the program was killed, and asks again only what was under way', async () => {
    await capitals(30)
    let open = 10
    const waiting: (() => void)[] = []
    const wasHeld = new Promise<void>((held) => {
      world.answers(async (asked) => {
        if (open-- <= 0) {
          held()
          await new Promise<void>((go) => waiting.push(go))
        }
        return { output: lastUser(asked), costUsd: 0.001, ms: 1 }
      })
    })
    const { id } = await world.call('experiments.create', { ...twoModels, models: ['sim/good'], gate: undefined, cache: 'off' })
    await wasHeld
    await expect
      .poll(async () => (await sql.query('select 1 from experiment_rows where experiment_id = $1 and done', [id])).length)
      .toBe(10)
    const before = world.asked.length
    world.answers((asked) => ({ output: lastUser(asked), costUsd: 0.001, ms: 1 }))
    await world.afterKill()
    await world.idle()
    expect(await world.call('experiments.get', { id })).toMatchObject({ state: 'done', progress: { done: 30, total: 30 } })
    // 10 were written down; the rest is asked once more.
    expect(world.asked.length - before).toBe(20)
    const done = await sql.query('select 1 from experiment_rows where experiment_id = $1 and done', [id])
    expect(done).toHaveLength(30)
    // The first program is gone for the other, and ends when its calls do.
    for (const go of waiting) go()
  })

  test('pauses where its budget is used up, and goes on with more', async () => {
    await capitals()
    const { id } = await world.call('experiments.create', { ...twoModels, gate: undefined, limits: { costUsd: 0.01, concurrency: 1 } })
    await world.idle()
    const paused = await world.call('experiments.get', { id })
    expect(paused).toMatchObject({ state: 'paused', why: expect.stringContaining('budget of 0.01 USD') })
    expect(paused.progress.taskCostUsd).toBeLessThanOrEqual(0.01)
    expect(paused.report?.stopped).toContain('budget')
    await world.call('experiments.resume', { id, costUsd: 1 })
    await world.idle()
    expect(await world.call('experiments.get', { id })).toMatchObject({ state: 'done', progress: { done: 40 } })
  })

  test('stops when it is told to, keeps what is there, and goes on', async () => {
    await capitals()
    let tell = () => {}
    const began = new Promise<void>((go) => {
      tell = go
    })
    const gate: (() => void)[] = []
    world.answers(async (asked) => {
      tell()
      await new Promise<void>((go) => gate.push(go))
      return { output: lastUser(asked), costUsd: 0, ms: 1 }
    })
    const { id } = await world.call('experiments.create', { ...twoModels, gate: undefined })
    await began
    expect(await world.call('experiments.stop', { id, why: 'wrong prompt' })).toMatchObject({ state: 'stopped', why: 'wrong prompt' })
    for (const go of gate) go()
    await world.idle()
    const stopped = await world.call('experiments.get', { id })
    expect(stopped).toMatchObject({ state: 'stopped', why: 'wrong prompt' })
    expect(stopped.progress.done).toBeGreaterThan(0)
    expect(stopped.progress.done).toBeLessThan(40)
    expect((await refused(world.call('experiments.stop', { id }))).code).toBe('conflict')
    world.answers((asked) => ({ output: lastUser(asked), costUsd: 0, ms: 1 }))
    await world.call('experiments.resume', { id })
    await world.idle()
    expect(await world.call('experiments.get', { id })).toMatchObject({ state: 'done', why: null })
  })

  test('asks again what failed, where that is wanted', async () => {
    await capitals(6)
    world.answers(() => Promise.reject(Object.assign(new AppError('invalid-request', 'no such model'), {})))
    const { id } = await world.call('experiments.create', { ...twoModels, models: ['sim/good'], gate: undefined })
    await world.idle()
    const failed = await world.call('experiments.get', { id })
    expect(failed).toMatchObject({ state: 'done', gate: 'errors', progress: { failed: 6 } })
    expect((await world.call('experiments.rows', { id, show: 'errors' })).rows[0]?.answers[0]).toMatchObject({
      state: 'failed',
      error: 'no such model',
    })
    world.answers((asked) => ({ output: lastUser(asked).replace('country', 'capital'), costUsd: 0, ms: 1 }))
    await world.call('experiments.resume', { id, retryErrors: true })
    await world.idle()
    expect(await world.call('experiments.get', { id })).toMatchObject({ state: 'done', gate: 'pass', progress: { failed: 0, done: 6 } })
  })

  test.each(['on', 'off'] as const)('lets judges be paid apart with the cache %s, and shows what they based it on', async (cache) => {
    await capitals(6)
    world.answers((asked) =>
      asked.kind === 'judge'
        ? {
            output: JSON.stringify({ reason: 'it says so', verdict: 'Y' }),
            costUsd: 0.01,
            ms: 3,
          }
        : { output: 'capital', costUsd: 0.001, ms: 1 },
    )
    const { id } = await world.call('experiments.create', {
      ...twoModels,
      models: ['sim/good'],
      gate: undefined,
      evaluators: [{ id: 'closed-qa', params: { criterion: 'It names a capital.' } }, 'kind words'],
      judge: { model: 'sim/judge' },
      cache,
    })
    await world.idle()
    const done = await world.call('experiments.get', { id })
    expect(done.progress.taskCostUsd).toBeCloseTo(0.006)
    expect(done.progress.judgeCostUsd).toBeCloseTo(0.06)
    expect(done.metrics.map(({ metric }) => metric).sort()).toEqual(['closed-qa', 'kind words', 'pass'])
    expect(done.definition?.evaluators).toContain('kind words')
  })

  test('a judge below its bar fails no row and stops no gate, and that is said', async () => {
    await capitals(6)
    world.answers((asked) =>
      asked.kind === 'judge'
        ? {
            output: JSON.stringify({ reason: 'no', verdict: 'N' }),
            costUsd: 0.01,
            ms: 3,
          }
        : { output: 'capital', costUsd: 0.001, ms: 1 },
    )
    const judged = (name: string) => ({
      ...twoModels,
      models: ['sim/good'],
      gate: { rules: [{ metric: name, rule: 'min' as const, value: 0.5 }] },
      evaluators: [
        { id: 'closed-qa', name, params: { criterion: 'It names a capital.' } },
        { id: 'contains', params: { value: 'capital' } },
      ],
      judge: { model: 'sim/judge' },
    })
    const outcomes: unknown[] = []
    for (const name of ['good judge', 'poor judge']) {
      const { id } = await world.call('experiments.create', judged(name))
      await world.idle()
      const { gate, report } = await world.call('experiments.get', { id })
      outcomes.push([gate, report?.rows.failed, report?.gate.findings.some(({ message }) => message.includes('below its bar: kappa 0.2'))])
    }
    expect(outcomes).toEqual([
      ['fail', 6, false],
      ['pass', 0, true],
    ])
  })

  test('shows nothing of the holdout but its numbers', async () => {
    await capitals(6)
    await world.call('datasets.write', {
      name: 'capitals',
      items: [{ id: 'secret', input: 'country 9', expected: 'capital 9', split: 'holdout' }],
    })
    const plain = await world.call('experiments.create', { ...twoModels, gate: undefined })
    expect(plain.dataset.rows).toBe(6)
    const { id } = await world.call('experiments.create', {
      ...twoModels,
      gate: undefined,
      dataset: { name: 'capitals', split: 'holdout' },
    })
    await world.idle()
    const [row] = (await world.call('experiments.rows', { id })).rows
    expect(row).toMatchObject({ sealed: true, itemId: 'secret' })
    expect(JSON.stringify(row)).not.toMatch(/country 9|capital 9/)
    expect(row?.answers[0]?.pass).toBe(true)
    expect((await world.call('experiments.rows', { id, search: 'capital 9' })).rows).toEqual([])
    expect((await world.call('experiments.export', { id, format: 'json' })).text).not.toMatch(/country 9|capital 9/)
  })

  test('keeps headers to itself', async () => {
    await capitals(5)
    const seen: string[] = []
    world.answers(() => ({ output: 'x', costUsd: 0, ms: 1 }))
    const { id, definition } = await world.call('experiments.create', {
      name: 'endpoint',
      dataset: { name: 'capitals' },
      task: { http: { url: 'https://app.example.test/ask', headers: { authorization: 'Bearer hidden' } } },
      evaluators: ['equals'],
    })
    await world.idle()
    seen.push(JSON.stringify(definition), JSON.stringify(await sql.query('select * from experiments where id = $1', [id])))
    for (const text of seen) expect(text).not.toContain('Bearer hidden')
    expect(await world.call('experiments.get', { id })).toMatchObject({ state: 'done', variants: ['task'] })
  })

  test('refuses what it could not do, and says what to write', async () => {
    await capitals(5)
    const create = (given: object, context = world.as()) => refused(world.call('experiments.create', { ...twoModels, ...given }, context))
    expect((await create({ evaluators: ['no-such'] })).message).toContain('"no-such"')
    expect((await create({ evaluators: [{ id: 'contains', params: { nonsense: 1 } }] })).code).toBe('invalid-request')
    expect((await create({ evaluators: [] })).message).toContain('No evaluator')
    expect((await create({ dataset: { name: 'nothing' } })).code).toBe('not-found')
    expect((await create({ dataset: { name: 'capitals', version: 9 } })).code).toBe('not-found')
    expect((await create({ dataset: { name: 'capitals', tags: ['none'] } })).message).toContain('no such items')
    expect((await create({ gate: { vs: 'nobody' } })).hint).toContain('sim/good')
    expect((await create({ gate: { vs: 'baseline' } })).message).toContain('Nothing is pinned')
    expect((await create({ models: undefined })).message).toContain('Nothing says what is asked')
    expect((await create({ prompts: { a: { name: 'none' } } })).code).toBe('not-found')
    const noCalls = world.as({ permissions: PERMISSIONS_OF.admin.filter((one) => one !== 'gateway:call') })
    expect((await create({}, noCalls)).code).toBe('permission-denied')
    expect((await refused(world.call('experiments.get', { id: 'exp_nothing' }))).code).toBe('not-found')
    const made = await world.call('experiments.create', twoModels)
    expect((await refused(world.call('experiments.get', { id: made.id }, world.as({ projectId: 'other' })))).code).toBe('not-found')
    await world.idle()
  })
})

describe('baselines', () => {
  test('are pinned by a named act, are what later runs are held against, and are not deleted', async () => {
    await capitals()
    const first = await world.call('experiments.create', { ...twoModels, models: ['sim/good'], gate: undefined })
    await world.idle()
    expect(await world.call('experiments.pin', { id: first.id, why: 'release 1' })).toMatchObject({
      name: 'capitals',
      variant: 'sim/good',
      pinnedBy: 'ann@example.test',
    })
    expect((await refused(world.call('experiments.remove', { id: first.id }))).code).toBe('conflict')
    const second = await world.call('experiments.create', { ...twoModels, models: ['sim/bad'], gate: {} })
    await world.idle()
    const held = await world.call('experiments.get', { id: second.id })
    expect(held.baseline).toEqual({ experimentId: first.id, variant: 'sim/good' })
    expect(held.report?.comparisons).toMatchObject([{ metric: 'pass', n: 20, counts: { onlyBaseline: 3, onlyCandidate: 0 } }])
    const compared = await world.call('experiments.compare', { id: second.id, baseline: first.id })
    expect(compared.comparisons.find(({ metric }) => metric === 'pass')).toMatchObject({
      difference: held.report?.comparisons[0]?.difference,
    })
    const rows = await world.call('experiments.rows', { id: second.id, baseline: first.id, show: 'worse' })
    expect(rows.rows.map(({ itemId, baseline }) => [itemId, baseline[0]?.output])).toEqual([
      ['c00', 'capital 0'],
      ['c01', 'capital 1'],
      ['c02', 'capital 2'],
    ])
    await world.call('experiments.unpin', { name: 'capitals' })
    await world.call('experiments.remove', { id: first.id })
    expect((await world.call('experiments.baselines', {})).baselines).toEqual([])
  })
})

describe('rows that are sent', () => {
  const functionOf = (more: object = {}) => ({ name: 'mine', dataset: { name: 'capitals' }, task: { function: true as const }, ...more })

  test('are scored here, with what they bring along', async () => {
    await capitals(6)
    const { id } = await world.call('experiments.create', functionOf({ evaluators: ['equals'] }))
    const row = (at: number) => ({
      itemId: `c0${at}`,
      output: `capital ${at}`,
      latencyMs: 10,
      costUsd: 0.5,
      scores: [{ key: 'mine', status: 'scored' as const, score: 0.5 }],
    })
    await world.call('experiments.send', { id, rows: [row(0), row(1)] })
    await world.idle()
    expect(await world.call('experiments.get', { id })).toMatchObject({ state: 'running', progress: { done: 2 } })
    expect(world.asked).toEqual([])
    await world.call('experiments.send', {
      id,
      rows: [row(2), { itemId: 'c03', error: 'it broke' }, { itemId: 'c04', output: 'wrong' }],
      finish: true,
    })
    await world.idle()
    const done = await world.call('experiments.get', { id })
    expect(done).toMatchObject({ state: 'done' })
    expect(done.report?.rows).toMatchObject({ total: 6, reached: 5, errors: 1 })
    expect(done.report?.metrics.find(({ metric }) => metric === 'equals')).toMatchObject({ scored: 4, mean: 0.75 })
    expect(done.report?.metrics.find(({ metric }) => metric === 'mine')).toMatchObject({ scored: 3, mean: 0.5 })
    expect((await refused(world.call('experiments.send', { id, rows: [row(5)] }))).code).toBe('conflict')
  })

  test('need no evaluators, and say what is wrong with them', async () => {
    await capitals(6)
    const { id } = await world.call('experiments.create', functionOf(), world.as({ permissions: ['experiments:write'] }))
    expect((await refused(world.call('experiments.send', { id, rows: [{ itemId: 'nobody', output: 1 }] }))).message).toContain('"nobody"')
    expect((await refused(world.call('experiments.send', { id, rows: [{ itemId: 'c00', repeat: 3, output: 1 }] }))).message).toContain(
      'repeats',
    )
    await world.call('experiments.send', {
      id,
      rows: [0, 1, 2, 3, 4, 5].map((at) => ({
        itemId: `c0${at}`,
        output: at,
        scores: [{ key: 'right', status: 'scored' as const, score: at > 1 ? 1 : 0, pass: at > 1 }],
      })),
      finish: true,
    })
    await world.idle()
    const { report } = await world.call('experiments.get', { id })
    expect(report?.metrics.find(({ metric }) => metric === 'pass')?.mean).toBeCloseTo(4 / 6)
  })
})

describe('a run that is imported', () => {
  const run = (more: { variants?: string[] } = {}) => ({
    run: 'abcdef0123456789',
    name: 'offline',
    startedAt: '2026-01-01T00:00:00.000Z',
    dataset: { name: 'golden.jsonl', rows: 2 },
    variants: ['a'],
    metrics: [
      { metric: 'equals', version: 'v1' },
      { metric: 'pass', version: 'v1' },
    ],
    items: [
      { id: 'one', index: 0, input: 'q1', expected: 'a1' },
      { id: 'two', index: 1, input: 'q2', tags: ['critical'] },
    ],
    rows: [
      { itemId: 'one', output: 'a1', scores: [{ key: 'equals', status: 'scored' as const, score: 1, pass: true }], costUsd: 0.1 },
      { itemId: 'two', output: 'x', scores: [{ key: 'equals', status: 'scored' as const, score: 0, pass: false }], costUsd: 0.1 },
    ],
    judgeCostUsd: 0.25,
    metadata: { commit: '1a2b3c' },
    finish: true,
    ...more,
  })

  test('is one experiment, however often it is sent', async () => {
    const first = await world.call('experiments.import', run())
    expect(first).toMatchObject({ taken: 2, state: 'done', url: `http://signalbox.test/p/p${count}/experiments/${first.id}` })
    expect(await world.call('experiments.import', run())).toEqual(first)
    const got = await world.call('experiments.get', { id: first.id })
    expect(got).toMatchObject({
      source: 'import',
      metadata: { commit: '1a2b3c' },
      gate: 'fail',
      progress: { done: 2, taskCostUsd: 0.2, judgeCostUsd: 0.25 },
      dataset: { name: 'golden.jsonl', version: null },
    })
    expect((await world.call('experiments.list', {})).experiments).toHaveLength(1)
    expect((await world.call('experiments.rows', { id: first.id, show: 'failed' })).rows).toMatchObject([{ itemId: 'two', input: 'q2' }])
    expect((await refused(world.call('experiments.import', run({ variants: ['b'] })))).code).toBe('conflict')
    expect((await refused(world.call('experiments.resume', { id: first.id }))).code).toBe('conflict')
  })
})

describe('tests of a prompt', () => {
  const say = (text: string) => ({
    type: 'chat' as const,
    messages: [
      { role: 'system', content: text },
      { role: 'user', content: '{{input}}' },
    ],
    model: { route: 'sim/good' },
  })
  const tests = { dataset: 'capitals', evaluators: ['equals'], gate: { pass: 'noninferior 0.1' } }

  test('decide whether a label may point to a version', async () => {
    await capitals()
    // Whoever is told to guess knows nothing.
    world.answers((asked) => {
      const [, version] = /@(\d+)$/.exec(asked.model) ?? []
      const input = (asked.request.variables as { input: string }).input
      return { output: version === '1' || version === '3' ? input.replace('country', 'capital') : 'a guess', costUsd: 0, ms: 1 }
    })
    await world.call('prompts.create', { name: 'geo', content: { ...say('Answer.'), tests }, labels: ['production'] })
    await world.call('prompts.create', { name: 'geo', content: { ...say('Guess.'), tests } })
    await world.call('prompts.create', { name: 'geo', content: { ...say('Answer well.'), tests } })
    await world.call('prompts.create', { name: 'geo', content: say('Answer well, untested.') })
    await world.call('experiments.setPromptGate', { label: 'production' })
    expect((await world.call('experiments.promptGates', {})).gates).toMatchObject([{ label: 'production', setBy: 'ann@example.test' }])
    const promote = (version: number) => world.call('prompts.setLabel', { name: 'geo', label: 'production', version })

    expect((await refused(promote(2))).message).toContain('was not tested yet')
    const bad = await world.call('experiments.testPrompt', { name: 'geo', version: 2 })
    expect((await refused(promote(2))).message).toContain('are not finished')
    await world.idle()
    const refusal = await refused(promote(2))
    expect(refusal).toMatchObject({
      code: 'conflict',
      data: { experimentId: bad.id, url: `http://signalbox.test/p/p${count}/experiments/${bad.id}` },
    })
    expect(refusal.message).toMatch(/pass of v2 against v1: Worse: -1 \(95 % interval -.*p < 0\.001, n 20\)/)
    expect((await world.call('prompts.get', { name: 'geo', label: 'production' })) as unknown).toMatchObject({ version: 1 })

    await world.call('experiments.testPrompt', { name: 'geo', version: 3 })
    await world.idle()
    await promote(3)
    expect((await refused(promote(4))).message).toContain('they were taken out')
    expect(
      (await world.call('experiments.promptTests', { name: 'geo' })).tests.map(({ version, against, experiment }) => [
        version,
        against,
        experiment.gate,
      ]),
    ).toEqual([
      [3, 1, 'pass'],
      [2, 1, 'fail'],
    ])
    // What is gone wrong in production goes back without tests.
    await world.call('prompts.rollback', { name: 'geo', label: 'production' })
    await world.call('experiments.removePromptGate', { label: 'production' })
    await promote(2)
  })

  test('are refused where they say nothing that can be done', async () => {
    await capitals(5)
    await world.call('prompts.create', { name: 'plain', content: say('x') })
    expect((await refused(world.call('experiments.testPrompt', { name: 'plain' }))).message).toContain('nothing of tests')
    await world.call('prompts.create', { name: 'odd', content: { ...say('x'), tests: { ...tests, gate: { pass: 'very good' } } } })
    expect((await refused(world.call('experiments.testPrompt', { name: 'odd' }))).hint).toContain('>= 0.9')
  })
})
