import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadPromptfoo } from '../../app/eval-promptfoo.ts'
import { evaluate } from '../evaluate.ts'
import { type ReportRow, reportRows } from '../report/rows.ts'
import { reportText } from '../report/words.ts'

type Body = { model?: string; input?: string; inputs?: string; messages?: { role: string; content: string }[] }

/** A judge in OpenAI's words, a model that repeats, a moderator, a classifier and an agent. */
function answer(url: string, body: Body): unknown {
  if (url === '/agent')
    return {
      answer: '24 degrees',
      trace: {
        spans: [
          { name: 'search_weather', kind: 'tool', input: { city: 'Pune', unit: 'C' }, durationMs: 100 },
          { name: 'model', kind: 'llm', durationMs: 900 },
          { name: 'format_answer', kind: 'tool', input: {}, status: 'error', durationMs: 10 },
        ],
      },
    }
  if (url === '/classify')
    return [
      [
        { label: 'neutral', score: 0.7 },
        { label: 'hostile', score: 0.3 },
      ],
    ]
  if (url === '/v1/moderations') {
    const violence = body.input?.includes('hurt') === true
    return { results: [{ flagged: violence, categories: { violence, sexual: false } }] }
  }
  const text = body.messages?.at(-1)?.content ?? ''
  const isJudge = text.includes('<answer')
  const verdict = text.includes('<answer-0>') ? { reason: 'It is short.', best: 1 } : { reason: 'Fine.', score: 1, pass: true }
  asked.push(isJudge ? 'judge' : 'model')
  const content = isJudge ? JSON.stringify(verdict) : text
  return {
    ...{ id: 'x', object: 'chat.completion', created: 1, model: body.model },
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }
}
const asked: string[] = []
const server = createServer(async (request: IncomingMessage, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(answer(request.url ?? '', (await json(request)) as Body)))
})
let address = ''
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((done) => server.close(done)))

async function run(name: string, { folder = mkdtempSync(join(tmpdir(), 'examples-')), cache = 'on' as const, stop = 0 } = {}) {
  const file = join(import.meta.dirname, '__fixtures__/examples', name)
  const local = join(folder, name)
  cpSync(file, local)
  const variables = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `${address}/v1`, AGENT_URL: address }
  const loaded = await loadPromptfoo(readFileSync(local, 'utf8'), {
    ...{ file: local, variables, concurrency: stop > 0 ? 1 : undefined, repeats: undefined, first: undefined },
    warn: () => {},
  })
  try {
    const { plan, limits, gate, passRate, envOf } = loaded
    const evaluated = await evaluate({
      ...{ plan, limits, gate, passRate, cache, baseline: undefined, fresh: false, retryErrors: false, version: 'test' },
      envOf: (caller) => {
        const env = envOf(caller)
        if (stop === 0) return env
        // The judge is reached, and the run is stopped before it may say anything.
        const complete = async () => {
          caller.stop('The test stops here.')
          throw new Error('stopped')
        }
        return { ...env, complete }
      },
      folder,
      signal: new AbortController().signal,
    })
    const rows = [...reportRows(plan, evaluated.journal, evaluated.repeats)]
    await evaluated.journal.close()
    return { ...evaluated, rows }
  } finally {
    await loaded.close()
  }
}
const outcomes = ({ scores }: ReportRow) =>
  scores.map(({ status, pass, reason }) => (status === 'scored' ? Number(pass) : `${status}: ${reason}`))

it('runs what people begin with: prompts by providers, lists of vars, a judge, JavaScript and Python in the file', async () => {
  const { rows, report } = await run('getting-started.yaml')
  expect(rows).toHaveLength(12)
  // Templates may use the environment; reports hold nothing of it.
  expect(JSON.stringify(rows)).not.toContain('OPENAI_API_KEY')
  expect(rows.flatMap(outcomes)).toEqual(Array.from({ length: 36 }, () => 1))
  expect(report.gate.exitCode).toBe(0)
})

it('works out formulas over the metrics', async () => {
  const { report } = await run('f-score.yaml')
  const values = Object.fromEntries(report.derived.map(({ name, value }) => [name, value]))
  expect(values).toEqual({
    precision: expect.closeTo(2 / 3),
    recall: expect.closeTo(2 / 3),
    f1_score: expect.closeTo(2 / 3),
    error_rate: expect.closeTo(0.4),
    nothing: null,
  })
  expect(reportText(report)).toMatch(/echo · f1_score = 0\.6667\n/)
})

it('chooses among the answers of all variants, also when it was stopped before the choice', async () => {
  const { rows, report } = await run('best-of.yaml')
  expect(rows.map(outcomes)).toEqual([[0], [1], [0], [0, 0, 0], [1, 0, 0], [1, 1, 1]])
  expect(rows.map(({ pass }) => pass)).toEqual([false, true, false, false, false, true])
  expect(rows[0]?.scores[0]?.reason).toMatch(/^Answer 1 \(.*\) was chosen: It is short\.$/)

  const folder = mkdtempSync(join(tmpdir(), 'examples-'))
  const stopped = await run('best-of.yaml', { folder, stop: 1 })
  expect(stopped.report.rows).toMatchObject({ total: 6, reached: 0 })
  const before = asked.length
  const resumed = await run('best-of.yaml', { folder })
  expect(resumed.rows.map(outcomes)).toEqual(rows.map(outcomes))
  expect(resumed.report.metrics).toEqual(report.metrics)
  expect(asked.slice(before)).toEqual(['judge'])
})

it('hands on outputs and conversations from test to test', async () => {
  const { rows, report } = await run('stored-outputs.yaml')
  expect(rows.map(outcomes)).toEqual([[1], [1], [1, 1]])
  expect(report.gate.exitCode).toBe(0)
})

it('looks at the steps that a target tells', async () => {
  const { rows } = await run('agent.yaml')
  expect(outcomes(rows[0] as ReportRow)).toEqual([1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1])
})

it('asks services that moderate and classify', async () => {
  const { rows } = await run('services.yaml')
  expect(rows.map(outcomes)).toEqual([
    [1, 1],
    [0, 1, 1],
  ])
})

it('checks SQL where its parser was put beside the configuration, and says else how to get it', async () => {
  await expect(run('sql.yaml')).rejects.toThrow(/need the package node-sql-parser, which does not come along/)
  const folder = mkdtempSync(join(tmpdir(), 'examples-'))
  mkdirSync(join(folder, 'node_modules/node-sql-parser'), { recursive: true })
  // The real one is 90 MB: this one has the same face, and knows one statement.
  writeFileSync(
    join(folder, 'node_modules/node-sql-parser/index.js'),
    `exports.Parser = class {
  astify(sql, { database }) { if (!/^SELECT \\w+ FROM \\w+$/.test(sql) || !database) throw new Error('Expected SELECT') }
  whiteListCheck(sql, [allowed], { type }) { if (type !== 'table' || !new RegExp(allowed.split('::')[2]).test(sql)) throw new Error('authority required') }
}`,
  )
  const { rows } = await run('sql.yaml', { folder })
  expect(rows.map(outcomes)).toEqual([
    [1, 0],
    [1, 0],
  ])
})
