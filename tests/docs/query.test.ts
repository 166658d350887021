import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { COMMAND, eventually, type Signalbox, startSignalbox } from '../signalbox.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/guide/query.md'), 'utf8')
const scripts = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, script = '']) => script)
const folder = mkdtempSync(join(tmpdir(), 'query-page-'))

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
  const answer = await fetch(`${signalbox.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${signalbox.secretKey}`,
      'content-type': 'application/json',
      'x-signalbox-metadata': '{"tier":"gold"}',
    },
    body: JSON.stringify({
      model: 'simulator/script',
      messages: [{ role: 'user', content: JSON.stringify({ text: 'A refund after a late delivery.', delayMs: 1200 }) }],
    }),
  })
  expect(answer.status).toBe(200)
  await answer.arrayBuffer()
  await eventually(async () => {
    const found = await fetch(`${signalbox.url}/api/v1/spans`, { headers: { authorization: `Bearer ${signalbox.secretKey}` } })
    return ((await found.json()) as { spans: object[] }).spans.length > 0 || undefined
  })
})
afterAll(async () => {
  await signalbox?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function run(script: string): Promise<string> {
  const text = script
    .replaceAll('http://localhost:7500', signalbox.url)
    .replaceAll('curl -s', 'curl -sSf')
    .replaceAll('npx signalbox', COMMAND)
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -eu\n${text}`], {
    cwd: folder,
    env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey, SIGNALBOX_URL: signalbox.url },
  })
  return stdout
}

it('has five examples', () => expect(scripts).toHaveLength(5))

it('filters and searches as the page says', async () => {
  for (const script of scripts.filter((one) => one.includes('/traces')))
    expect(JSON.parse(await run(script)).traces, script).toHaveLength(1)
})

it('measures scores beside calls as the page says', async () => {
  const authorization = `Bearer ${signalbox.secretKey}`
  const listed = await fetch(`${signalbox.url}/api/v1/traces`, { headers: { authorization } })
  const { traceId } = ((await listed.json()) as { traces: { traceId: string }[] }).traces[0] ?? {}
  const scored = await fetch(`${signalbox.url}/api/v1/scores`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ traceId, name: 'thumbs', value: false }),
  })
  expect(scored.status).toBe(200)
  const script = scripts.find((one) => one.includes('/query')) ?? ''
  type Row = Record<string, unknown>
  const row = await eventually(async () => JSON.parse(await run(script)).rows.find((one: Row) => one['scoreFalse.thumbs'] === 1))
  expect(row).toMatchObject({ model: 'script', 'scoreAvg.thumbs': 0, 'scoreFalse.thumbs': 1, calls: 1 })
})

it('asks with SQL as the page says', async () => {
  const answer = JSON.parse(await run(scripts.find((one) => one.includes('/sql')) ?? 'exit 1'))
  expect(answer.columns.map(({ name }: { name: string }) => name)).toEqual(['model', 'calls', 'usd', 'p95'])
  expect(answer.rows).toHaveLength(1)
})

it('exports as the page says', async () => {
  await run(scripts.find((one) => one.includes('export')) ?? 'exit 1')
  expect(readFileSync(join(folder, 'november.parquet')).subarray(0, 4).toString()).toBe('PAR1')
})
