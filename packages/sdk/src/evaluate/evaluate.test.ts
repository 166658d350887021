import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { evaluate } from '../../../server/src/experiments/evaluate.ts'
import { nativePlan } from '../../../server/src/experiments/native-plan.ts'
import { parseEvalFile } from '../../../server/src/experiments/read-config.ts'
import { Eval, type EvalResult } from './index.ts'
import { evalMatchers } from './vitest.ts'

const quiet = { reporter: false, noSendLogs: true } as const
const rows = Array.from({ length: 30 }, (_, index) => ({
  id: `row-${index}`,
  input: `question ${index}`,
  expected: index % 7 === 0 ? 'other' : `QUESTION ${index}`,
  ...(index % 3 === 0 && { cluster: `group ${index % 4}` }),
}))
const shout = (input: string) => input.toUpperCase()
const equals = ({ output, expected }: { output: unknown; expected: unknown }) => output === expected

it('says exactly what signalbox eval says of the same rows', async () => {
  const own = await Eval('same', { data: rows, task: shout, scores: [equals], experimentName: 'upper' }, quiet)
  const file = parseEvalFile(
    `name: same\ndataset: ${JSON.stringify(rows)}\nvariants: [{ id: upper, model: any/any }]\nevaluators: [equals]\n`,
    { name: 'x.yaml', variables: {} },
  )
  const task = {
    ...{ lane: 'x', identity: 'x' },
    call: ({ messages }: Record<string, unknown>) => ({
      ...{ output: shout((messages as { content: string }[])[0]?.content ?? ''), costUsd: 0, ms: 1 },
    }),
  }
  const plan = await nativePlan(file, { folder: '.', tasks: { model: () => task, http: () => task } })
  const run = await evaluate({
    ...{ plan, limits: file.limits, gate: file.gate, baseline: undefined, cache: 'off', fresh: false, retryErrors: false, passRate: 1 },
    ...{ version: 'test', envOf: () => ({}), folder: mkdtempSync(join(tmpdir(), 'same-')), signal: new AbortController().signal },
  })
  await run.journal.close()
  await plan.close()
  expect(own.report.metrics).toEqual(run.report.metrics)
  expect(own.report.gate).toEqual(run.report.gate)
  expect(own.report.rows).toEqual(run.report.rows)
  expect(own.report.dataset).toEqual(run.report.dataset)
  expect(own.report.gate.outcome).toBe('fail')
})

it('takes scorers of Braintrust, autoevals and LangSmith as they are', async () => {
  function levenshtein({ output }: { output: string }) {
    return { name: 'Levenshtein', score: output.length / 10, metadata: { why: 'length' } }
  }
  const { results, summary } = await Eval(
    'shapes',
    {
      data: async () => [{ input: 'abc', expected: 'abc', metadata: { kind: 'short' } }],
      task: (input: string, { metadata, trace }) => {
        trace('0af7651916cd43dd8448eb211c80319c')
        return `${input}${metadata.kind}`
      },
      scores: [
        levenshtein,
        async () => [
          { name: 'one', score: 1 },
          { name: 'none', score: null },
        ],
        ({ outputs, referenceOutputs }) => ({ key: 'exact', score: outputs === referenceOutputs, comment: 'compared' }),
        function older(run: { outputs: string }, example: { outputs: string }) {
          return { key: 'prefix', score: run.outputs.startsWith(example.outputs) }
        } as never,
        () => ({
          results: [
            { key: 'first', score: 0.5 },
            { key: 'second', value: 'a class' },
          ],
        }),
        function broken() {
          throw new Error('no service')
        },
        () => 'good',
      ],
    },
    quiet,
  )
  expect(results[0]).toMatchObject({ output: 'abcshort', traceId: '0af7651916cd43dd8448eb211c80319c', pass: false })
  const scores = Object.fromEntries(
    (results[0]?.scores ?? []).map(({ metric, status, score, reason }) => [metric, score ?? `${status}: ${reason}`]),
  )
  expect(scores).toEqual({
    ...{ Levenshtein: 0.8, one: 1, none: 'na: The evaluator gave no score.', exact: 0, prefix: 1, first: 0.5 },
    second: expect.stringMatching(/^error: The evaluator must answer/),
    broken: 'error: no service',
    scorer_7: expect.stringMatching(/^error: The evaluator must answer/),
  })
  expect(summary.scores.one).toEqual({ name: 'one', score: 1 })
  expect(summary.scores.none?.score).toBeNull()
})

it('asks no more at once than it may, each row as often as it should, and waits for none for ever', async () => {
  let [now, most] = [0, 0]
  const { results, report } = await Eval(
    'limits',
    {
      data: rows.slice(0, 5),
      trialCount: 3,
      maxConcurrency: 2,
      timeout: 100,
      task: async (input, { trialIndex, signal }) => {
        most = Math.max(most, ++now)
        await new Promise((done) => setImmediate(done))
        now--
        if (input === 'question 4' && trialIndex === 1) await new Promise((done) => signal.addEventListener('abort', done))
        return trialIndex
      },
      scores: [({ output }) => output === 0],
    },
    quiet,
  )
  expect(most).toBe(2)
  expect(results.map(({ id, trial }) => `${id} ${trial}`).slice(0, 4)).toEqual(['row-0 0', 'row-0 1', 'row-0 2', 'row-1 0'])
  expect(results.find(({ error }) => error)).toMatchObject({ id: 'row-4', trial: 1, error: 'No answer within 100 ms.' })
  expect(report.rows).toMatchObject({ total: 15, reached: 15, errors: 1, failed: 9 })
  expect(report.gate.outcome).toBe('errors')
})

it('holds a run against what was pinned, and fails a test with the verdict in words', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pinned-')), 'baseline.json')
  const many = Array.from({ length: 200 }, (_, index) => ({ id: `r${index}`, input: index }))
  const run = (good: (input: number) => boolean, baseline?: string) =>
    Eval(
      'pinned',
      {
        data: many,
        task: good,
        scores: [
          function right({ output }) {
            return output === true
          },
        ],
        ...(baseline && { baseline }),
      },
      quiet,
    )
  const first = await run((input) => input % 10 !== 0)
  expect(first.passed).toBe(false)
  first.pin(file)
  const same = await run((input) => input % 10 !== 1, file)
  expect(same.report.gate.outcome).toBe('inconclusive')
  const again = await run((input) => input % 10 !== 0, file)
  expect(again.report.gate).toMatchObject({ outcome: 'pass', exitCode: 0 })
  const worse = await run((input) => input % 3 !== 0, file)
  expect(worse.summary.scores.pass).toMatchObject({ regressions: expect.any(Number), diff: expect.any(Number) })

  expect(evalMatchers.toPassGate(again as EvalResult).pass).toBe(true)
  const verdict = evalMatchers.toPassGate(worse as EvalResult)
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toMatch(/The gate failed\.[\s\S]*Worse: -0\.2/)
  expect(evalMatchers.toScoreAtLeast(worse as EvalResult, 'right', 0.7)).toMatchObject({ pass: false })
  expect(evalMatchers.toScoreAtLeast(worse as EvalResult, 'wrong', 0.7).message()).toMatch(/^Nothing was scored by "wrong"/)
  await expect(Eval('none', { data: [], task: shout, scores: [] }, quiet)).rejects.toThrow('has no rows')
  writeFileSync(file, '{}')
  await expect(run(() => true, file)).rejects.toThrow('is no baseline')
})

it('sends a run to a server in pieces, and goes on where there is none', async () => {
  const sent: ({ rows?: unknown[] } & Record<string, unknown>)[] = []
  const fetch = (async (url: string, { body, headers }: RequestInit) => {
    sent.push({ url, key: (headers as Record<string, string>).authorization, ...JSON.parse(String(body)) })
    return Response.json({ id: 'exp_1', taken: 1, state: 'done', url: '/experiments/exp_1' })
  }) as typeof globalThis.fetch
  const many = Array.from({ length: 250 }, (_, index) => ({ id: `r${index}`, input: index, expected: index, tags: ['critical'] }))
  const evaluation = {
    data: many,
    task: (input: number) => ({ at: new Date(0), input }),
    scores: [() => true],
    metadata: { commit: 'abc' },
  }
  const done = await Eval('sent', evaluation, { reporter: false, url: 'http://x/', key: 'sk', fetch })
  expect(done.url).toBe('http://x/experiments/exp_1')
  expect(sent).toHaveLength(2)
  expect(sent[0]).toMatchObject({
    ...{ url: 'http://x/api/v1/experiments/import', key: 'Bearer sk', name: 'sent', finish: false, metadata: { commit: 'abc' } },
    dataset: { name: 'sent', rows: 250, hash: expect.stringMatching(/^[\da-f]{64}$/) },
    metrics: [{ metric: 'scorer_1', higherIsBetter: true }],
  })
  expect(sent[1]).toMatchObject({ finish: true, rows: expect.objectContaining({ length: 50 }) })
  expect(sent[0]?.rows?.[0]).toEqual({
    ...{ itemId: 'r0', variant: 'function', repeat: 0, pass: true, output: { at: '1970-01-01T00:00:00.000Z', input: 0 } },
    latencyMs: expect.any(Number),
    scores: [expect.objectContaining({ key: expect.any(String), status: 'scored', score: 1 })],
  })
  const away = await Eval('away', evaluation, { reporter: false, url: 'http://127.0.0.1:9', key: 'sk' })
  expect(away).toMatchObject({ sendError: expect.any(String), passed: true })
})
