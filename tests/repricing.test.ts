import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMAND, eventually, type Signalbox, startSignalbox } from './signalbox.ts'

const run = promisify(execFile)
const YAML = 'version: 1\n'
const PRICED = `${YAML}prices:\n  - { model: "house-model*", input: 1, output: 2 }\n`
const SPANS = 6000
/** 10 tokens in, 5 out, in nano-USD. */
const COST = 20_000

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: YAML })
})
afterAll(() => signalbox?.stop())

const headers = () => ({ authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' })
type Job = { id: string; status: string; done: number; changed: number; afterUsd: string; dryRun: boolean }
async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${signalbox.url}/api/v1/${path}`, {
    headers: headers(),
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

async function send(count: number): Promise<void> {
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'chat',
    startTimeUnixNano: String(BigInt(Date.now() - 60_000 - index) * 1_000_000n),
    endTimeUnixNano: String(BigInt(Date.now() - 60_000 - index) * 1_000_000n + 5_000_000n),
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'house-model-1' } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: 10 } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: 5 } },
    ],
  }))
  const answer = await fetch(`${signalbox.url}/v1/traces`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(answer.status).toBe(200)
}

type Sums = { costUsd: string | null; calls: number; unpriced: number }
async function sums(): Promise<Sums> {
  const window = { from: new Date(Date.now() - 7_200_000).toISOString(), to: new Date(Date.now() + 7_200_000).toISOString() }
  const query = { measures: ['costUsd', 'calls', 'unpriced'], ...window }
  const { rows } = await ask<{ rows: Sums[] }>('query', query)
  // A filter by a field that no rollup has is answered from the spans.
  const raw = await ask<{ rows: Sums[] }>('query', { ...query, filters: [{ field: 'name', op: 'contains', value: 'a' }] })
  expect(rows).toEqual(raw.rows)
  return rows[0] as Sums
}

/** The first example of the page in its language, as it stands there. */
const example = (words: string): string => {
  const page = readFileSync(new URL('../docs/guide/repricing.md', import.meta.url), 'utf8')
  const script = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, found = '']) => found).find((found) => found.includes(words))
  if (script === undefined) throw new Error(`the page has no example with ${words}`)
  return script
}
const sh = async (script: string): Promise<string> => {
  const cli = `npx() { shift; ${COMMAND} "$@"; }`
  const local = script.replaceAll('http://localhost:7500', signalbox.url)
  const env = { ...process.env, SIGNALBOX_KEY: signalbox.secretKey, SIGNALBOX_URL: signalbox.url }
  return (await run('bash', ['-c', `set -eu\n${cli}\n${local}`], { env })).stdout
}

test('a price that comes later is brought to what is stored, once, whatever dies on the way', async () => {
  for (let sent = 0; sent < SPANS; sent += 1000) await send(1000)
  await eventually(async () => ((await sums()).calls === SPANS ? true : undefined), 60_000)
  expect(await sums()).toMatchObject({ costUsd: null, unpriced: SPANS })

  await writeFile(`${signalbox.data}.yaml`, PRICED)
  await eventually(async () => {
    const [created] = (await sh(example('/repricings'))).split(/(?<=\})(?=\{"repricings")/)
    const { id } = JSON.parse(created ?? '') as Job
    const job = await eventually(async () => {
      const now = await ask<Job>(`repricings/${id}`)
      return now.status === 'done' ? now : undefined
    })
    expect(job).toMatchObject({ dryRun: true, done: SPANS })
    // The file is read again a moment after it has changed.
    return job.changed === SPANS ? true : undefined
  })
  expect(await sums()).toMatchObject({ costUsd: null, unpriced: SPANS })

  const { id } = await ask<Job>('repricings', { from: '2026-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', models: ['house-model*'] })
  await eventually(async () => ((await ask<Job>(`repricings/${id}`)).done > 0 ? true : undefined), 60_000)
  signalbox.killRole('core')
  await eventually(async () => {
    const job = await ask<Job>(`repricings/${id}`).catch(() => undefined)
    return job?.status === 'done' ? job : undefined
  })
  const usd = (SPANS * COST) / 1e9
  expect(await ask<Job>(`repricings/${id}`)).toMatchObject({ status: 'done', done: SPANS, changed: SPANS, afterUsd: String(usd) })
  expect(await sums()).toMatchObject({ costUsd: String(usd), unpriced: 0 })

  const said = await sh(example('npx signalbox'))
  expect(said).toContain('0 of 6000 spans would change')
  expect(said).toContain('0 of 6000 spans changed')
  const refused = await fetch(`${signalbox.url}/api/v1/repricings`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }),
  })
  expect(refused.status).toBe(400)
  expect((await fetch(`${signalbox.url}/api/v1/repricings/nothing`, { headers: headers() })).status).toBe(404)
}, 300_000)
