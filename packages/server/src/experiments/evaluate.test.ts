import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EvalFile } from '@signalbox/schema/experiment'
import { describe, expect, it } from 'vitest'
import { type EvaluateOptions, evaluate } from './evaluate.ts'
import { nativePlan } from './native-plan.ts'
import { type Task, TaskError, type TaskRequest } from './plan.ts'
import { reportRows } from './report/rows.ts'

const folderOf = () => mkdtempSync(join(tmpdir(), 'eval-'))
const textIn = (request: TaskRequest) => String((request.messages as { content: string }[])[0]?.content)
const ROWS = Array.from({ length: 20 }, (_, n) => ({ id: `r${n}`, input: `text ${n}`, expected: `text ${n}` }))

/** A model that counts what it is asked. */
function world(answer: (text: string, calls: number) => string | TaskError = (text) => text, costUsd = 0.01) {
  const asked: string[] = []
  const counts = new Map<string, number>()
  const task: Task = {
    lane: 'fake',
    identity: 'fake',
    call: async (request) => {
      const text = textIn(request)
      asked.push(text)
      counts.set(text, (counts.get(text) ?? 0) + 1)
      await Promise.resolve()
      const said = answer(text, counts.get(text) ?? 0)
      if (said instanceof TaskError) throw said
      return { output: said, costUsd, ms: 5 }
    },
  }
  const run = async (folder: string, file: Record<string, unknown> = {}, more: Partial<EvaluateOptions> = {}) => {
    const config = EvalFile.parse({ dataset: ROWS, models: ['any/model'], evaluators: ['equals'], limits: { attempts: 2 }, ...file })
    const plan = await nativePlan(config, { folder, tasks: { model: () => task, http: () => task } })
    const evaluated = await evaluate({
      ...{ plan, folder, limits: config.limits, gate: config.gate, baseline: undefined, cache: 'on', fresh: false, retryErrors: false },
      ...{ passRate: 1, version: 'test', signal: new AbortController().signal, envOf: () => ({}) },
      ...more,
    })
    const rows = [...reportRows(plan, evaluated.journal, evaluated.repeats)]
    await evaluated.journal.close()
    await plan.close()
    return { ...evaluated, rows }
  }
  return { asked, run }
}

describe('a run', () => {
  it('asks every row once, and nobody when the same command comes again', async () => {
    const { asked, run } = world()
    const folder = folderOf()
    const first = await run(folder)
    expect(asked.toSorted()).toEqual(ROWS.map(({ input }) => input).toSorted())
    expect(first.report.gate).toMatchObject({ outcome: 'pass', exitCode: 0 })
    const second = await run(folder)
    expect(asked).toHaveLength(20)
    expect(second.report.metrics).toEqual(first.report.metrics)
    expect(second.rows).toEqual(first.rows)
  })

  it('goes on where it stopped, and its report is that of a run that never stopped', async () => {
    const whole = await world().run(folderOf())
    const { asked, run } = world()
    const folder = folderOf()
    const begun = await run(folder, { limits: { attempts: 1, concurrency: 2, costUsd: 0.07 } })
    expect(begun.report).toMatchObject({
      stopped: expect.stringMatching(/budget of 0\.07 USD/),
      gate: { outcome: 'inconclusive', exitCode: 11 },
    })
    const before = asked.length
    expect(before).toBeGreaterThan(3)
    expect(before).toBeLessThanOrEqual(7)
    const { report } = await run(folder)
    expect(asked).toHaveLength(20)
    expect(report.metrics).toEqual(whole.report.metrics)
    expect(report.costUsd).toBeCloseTo(0.2, 9)
  })

  it('takes answers of an earlier run where only the evaluators changed', async () => {
    const { asked, run } = world()
    const folder = folderOf()
    await run(folder)
    const { report } = await run(folder, { evaluators: [{ id: 'equals', params: { ignoreCase: true } }] })
    expect(asked).toHaveLength(20)
    expect(report).toMatchObject({ rows: { cached: 20 }, costUsd: expect.closeTo(0.2, 9), calls: [{ p50Ms: 5 }] })
    const repeated = await run(folder, { repeats: 2 })
    // The second repeat is an answer of its own.
    expect([asked.length, repeated.report.rows.cached]).toEqual([40, 20])
  })

  it('asks nobody with the cache alone, and says which rows it does not have', async () => {
    const { asked, run } = world()
    const { report } = await run(folderOf(), {}, { cache: 'only' })
    expect([asked.length, report.rows.errors, report.gate.exitCode]).toEqual([0, 20, 12])
  })

  it('tries again where that may help, and not where it may not', async () => {
    const { asked, run } = world((text, calls) => {
      if (text === 'text 3') return new TaskError({ kind: 'final', message: '400: no' })
      return text === 'text 4' && calls === 1 ? new TaskError({ kind: 'overload', message: '429', retryAfterMs: 1 }) : text
    })
    const folder = folderOf()
    const { report, rows } = await run(folder)
    expect(asked.filter((text) => text === 'text 3')).toHaveLength(1)
    expect(asked.filter((text) => text === 'text 4')).toHaveLength(2)
    expect(rows.find(({ id }) => id === 'r3')).toMatchObject({ error: '400: no', pass: null })
    expect(report).toMatchObject({ rows: { errors: 1, failed: 0 }, gate: { outcome: 'errors', exitCode: 12 } })
    await run(folder)
    expect(asked).toHaveLength(21)
    await run(folder, {}, { retryErrors: true })
    expect(asked).toHaveLength(22)
  })

  it('runs again when it is told to, and keeps what was there', async () => {
    const { asked, run } = world()
    const folder = folderOf()
    await run(folder)
    await run(folder, {}, { fresh: true })
    expect(asked).toHaveLength(40)
  })

  it('gives up on a provider that only fails', async () => {
    const { asked, run } = world(() => new TaskError({ kind: 'final', message: '401: no key' }))
    const rows = Array.from({ length: 200 }, (_, n) => ({ id: `r${n}`, input: `text ${n}`, expected: '' }))
    const { report } = await run(folderOf(), { dataset: rows, limits: { concurrency: 2 } })
    expect(asked.length).toBeLessThan(40)
    expect(report).toMatchObject({ stopped: expect.stringMatching(/in a row, last: 401: no key/), gate: { exitCode: 12 } })
  })

  it('repeats itself for an answer where the gate finds none, up to the limit', async () => {
    const { run, asked } = world((text) => (text.endsWith('7') ? 'wrong' : text))
    const gate = { vs: 'a', inconclusive: 'rerun', maxRepeats: 3, rules: [{ metric: 'pass', rule: 'better' }] }
    const variants = [
      { id: 'a', model: 'any/model' },
      { id: 'b', model: 'any/model' },
    ]
    const { report } = await run(folderOf(), { gate, variants, models: undefined }, { cache: 'off' })
    expect(report).toMatchObject({ repeats: 3, gate: { outcome: 'inconclusive', exitCode: 11 } })
    expect(asked).toHaveLength(120)
  })

  it('is another run when anything changes that decides what it shows', async () => {
    const { run } = world()
    const folder = folderOf()
    const ids = new Set<string>()
    for (const file of [
      {},
      { seed: 2 },
      { repeats: 2 },
      { evaluators: [{ id: 'equals', params: { trim: true } }] },
      { dataset: ROWS.slice(1) },
      { epoch: 'x' },
    ])
      ids.add((await run(folder, file)).report.run)
    expect(ids.size).toBe(6)
  })

  it('says which field of a template a row does not have', async () => {
    const { run } = world()
    const { rows } = await run(folderOf(), { variants: [{ id: 'a', model: 'x/y', prompt: 'Say {{nothing}}' }], models: undefined })
    expect(rows[0]?.error).toBe('The row has no "nothing".')
  })

  it('holds rows with a tag to passing, each of them', async () => {
    const { run } = world((text) => (text === 'text 1' ? 'wrong' : text))
    const dataset = ROWS.map((row) => (row.id === 'r1' ? { ...row, tags: ['critical'] } : row))
    const { report } = await run(folderOf(), { dataset, gate: { rules: [{ metric: 'equals', rule: 'min', value: 0.5 }] } })
    expect(report.gate).toMatchObject({ outcome: 'fail', exitCode: 10 })
    expect(report.gate.findings.find(({ name }) => name === 'critical')?.message).toBe('1 of 1 rows that must pass did not: r1.')
  })

  it('is one line of JSON after the other on the disk', async () => {
    const { run } = world()
    const { journal } = await run(folderOf())
    const kinds = readFileSync(journal.path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind)
    expect(kinds.filter((kind) => kind === 'task')).toHaveLength(20)
    expect(kinds[0]).toBe('run')
  })
})

describe('a dataset of a file', () => {
  it('is filtered by tags, split and number', async () => {
    const { run } = world()
    const folder = folderOf()
    writeFileSync(join(folder, 'd.csv'), 'id,input,expected,split,tags\n1,a,a,test,"x,y"\n2,b,b,train,x\n3,c,c,test,x\n')
    const { rows } = await run(folder, { dataset: { file: 'd.csv', filter: { split: 'test', tags: ['x'], first: 5 } } })
    expect(rows.map(({ id }) => id)).toEqual(['1', '3'])
  })
})
