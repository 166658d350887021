import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awayFromMidnight, eventually, PROGRAM, type Signalbox, startSignalbox } from './signalbox.ts'

const CALLS = 3
let signalbox: Signalbox

beforeAll(() => awayFromMidnight())
beforeAll(async () => {
  signalbox = await startSignalbox({})
  for (let at = 0; at < CALLS; at++) {
    const answer = await fetch(`${signalbox.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json', 'x-signalbox-user': `user-${at}` },
      body: JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content: `${'filler '.repeat(60)} needle${at} größe` }] }),
    })
    expect(answer.status).toBe(200)
    await answer.arrayBuffer()
  }
  await eventually(async () => (await client().spans.list({})).spans.length >= CALLS || undefined)
})
afterAll(() => signalbox?.stop())

const client = (apiKey = signalbox.secretKey) => createClient({ baseUrl: signalbox.url, apiKey })
const get = (path: string, key = signalbox.secretKey) => fetch(`${signalbox.url}${path}`, { headers: { authorization: `Bearer ${key}` } })

test('words deep within an input are found in the content, and not in what a list shows', async () => {
  const users = async (search: string, where: 'preview' | 'content') =>
    (await client().traces.list({ search, in: where })).traces.map(({ userId }) => userId)
  expect(await users('NEEDLE1 filler', 'content')).toEqual(['user-1'])
  expect((await users('größe', 'content')).sort()).toEqual(['user-0', 'user-1', 'user-2'])
  expect(await users('needle1', 'preview')).toEqual([])
  expect((await client().system.status({})).search).toMatchObject({ waitingSpans: expect.any(Number), waitingSeconds: expect.any(Number) })
})

test('SQL sees the project of who asks, and only who may', async () => {
  const sql = 'SELECT userId, count() FROM spans GROUP BY userId ORDER BY userId'
  expect((await client().sql.run({ sql })).rows).toEqual([
    ['user-0', 1],
    ['user-1', 1],
    ['user-2', 1],
  ])
  expect((await client().sql.tables({})).tables.map(({ name }) => name)).toContain('spans')
  await expect(client().sql.run({ sql: 'SELECT * FROM system.tables' })).rejects.toMatchObject({ code: 'invalid-request' })
  const reader = await client().keys.create({ name: 'reader', role: 'viewer' })
  await expect(client(reader.secretKey).sql.run({ sql })).rejects.toMatchObject({ code: 'permission-denied' })
  const editor = await client().keys.create({ name: 'editor', role: 'editor' })
  expect((await client(editor.secretKey).sql.run({ sql: 'SELECT count() FROM spans' })).rows).toEqual([[CALLS]])
})

test('an export comes through the edge as it is made', async () => {
  const answer = await get('/api/v1/export?format=jsonl')
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  expect(answer.headers.get('content-disposition')).toContain('spans-default.jsonl')
  const spans = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(spans.map(({ userId }) => userId)).toEqual(['user-0', 'user-1', 'user-2'])
  expect(JSON.stringify(spans[1].input)).toContain('needle1')
  const csv = await get(
    `/api/v1/export?format=csv&content=false&filter=${encodeURIComponent('[{"field":"userId","op":"eq","value":"user-2"}]')}`,
  )
  expect((await csv.text()).trimEnd().split('\r\n')).toHaveLength(2)
  const wrong = await get('/api/v1/export?filter=nonsense')
  expect(wrong.status).toBe(400)
  expect(await wrong.json()).toMatchObject({ error: { code: 'invalid-request' } })
})

test('`signalbox export` writes a file that is there when it is whole', async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [...PROGRAM, 'export', '--url', signalbox.url, '--key', signalbox.secretKey, ...args])
  const file = join(signalbox.data, 'out.parquet')
  await run('--format', 'parquet', '-o', file)
  expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1')
  expect(existsSync(`${file}.part`)).toBe(false)
  const { stdout } = await run('--no-content', '--from', '2020-01-01T00:00:00Z')
  expect(stdout.trimEnd().split('\n')).toHaveLength(CALLS)
  await expect(run('--filter', '[{"field":"nope","op":"eq","value":1}]')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('must be one of name'),
  })
})

test('metrics count calls, tokens, cost and latency by route, model and key', async () => {
  const text = await (await get('/metrics')).text()
  const line = text.split('\n').find((one) => one.startsWith('signalbox_llm_calls_total{'))
  expect(line).toMatch(/project="default",key="[^"]+",route="simulator\/echo",model="[^"]+"\} 3$/)
  expect(text).toMatch(/signalbox_llm_tokens_total\{.*direction="input"\} [1-9]/)
  expect(text).toMatch(/signalbox_llm_duration_seconds_count\{.*\} 3\n/)
  expect(text).toMatch(/signalbox_llm_duration_seconds_bucket\{.*le="\+Inf"\} 3\n/)
})

test('a view is saved by API', async () => {
  const state = { filters: [{ field: 'status' as const, op: 'eq' as const, value: 'error' }], search: 'x', in: 'content' as const }
  const { id } = await client().views.create({ name: 'Failures', shared: true, state })
  expect((await client().views.list({})).views).toMatchObject([{ id, name: 'Failures', state }])
  await client().views.remove({ id })
  await expect(client().views.remove({ id })).rejects.toMatchObject({ code: 'not-found' })
})

test('usage is answered as JSON and as CSV, by day and model', async () => {
  const today = new Date().toISOString().slice(0, 10)
  const usage = await eventually(async () => {
    const answer = (await (await get(`/api/v1/usage?from=${today}&to=${today}&groupBy=day,model&format=json`)).json()) as {
      rows: { calls: number }[]
    }
    return answer.rows[0]?.calls === CALLS ? answer : undefined
  })
  expect(usage).toMatchObject({
    from: today,
    to: today,
    rows: [{ day: today, model: expect.any(String), calls: CALLS, inputTokens: expect.any(Number), costUsd: expect.any(String) }],
  })
  const csv = await get('/api/v1/usage?groupBy=day,model&format=csv')
  expect(csv.headers.get('content-type')).toContain('text/csv')
  expect((await csv.text()).split('\r\n')[0]).toBe('day,model,calls,errors,inputTokens,outputTokens,costUsd,cost,currency,unpricedCalls')
})
