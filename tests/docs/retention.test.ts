import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../signalbox.ts'

const run = promisify(execFile)
let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

/** Runs the example of a page in which these words stand, and returns what its calls answered. */
async function example(page: string, words: string, given: Record<string, string> = {}): Promise<string> {
  const text = readFileSync(new URL(`../../docs/guide/${page}`, import.meta.url), 'utf8')
  const script = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, found = '']) => found).find((found) => found.includes(words))
  if (script === undefined) throw new Error(`${page} has no example with ${words}`)
  const shown = Object.entries(given).reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), script)
  const local = shown.replaceAll('http://localhost:7500', signalbox.url).replaceAll('curl -s', 'curl -sf')
  const { stdout } = await run('bash', ['-c', `set -eu\n${local}`], { env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey } })
  return stdout
}
const headers = () => ({ authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' })
type Receipt = { status: string; removedAt: string | null; late: number; removed: { where: string; rows: number }[] }
async function read<T>(path: string): Promise<T> {
  return (await (await fetch(`${signalbox.url}/api/v1/${path}`, { headers: headers() })).json()) as T
}

async function send(userId: string, traceId = randomBytes(16).toString('hex')): Promise<string> {
  const now = `${Date.now()}000000`
  const span = { traceId, spanId: randomBytes(8).toString('hex'), name: 'step', startTimeUnixNano: now, endTimeUnixNano: now }
  const attributes = [{ key: 'user.id', value: { stringValue: userId } }]
  const spans = [
    { ...span, attributes },
    { ...span, spanId: 'wrong' },
  ]
  const answer = await fetch(`${signalbox.url}/v1/traces`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(answer.status).toBe(200)
  return traceId
}
const traces = async (): Promise<string[]> => (await read<{ traces: { traceId: string }[] }>('traces')).traces.map(({ traceId }) => traceId)

it('deletes a user by the example of the retention page, whatever is still on its way, and gives the receipt', async () => {
  const [mine, others] = [await send('somebody-who-left'), await send('somebody-else')]
  await eventually(async () => (await traces()).sort().join() === [mine, others].sort().join() || undefined)
  // In the journal of the edge when the user is deleted: the batch that it comes in is taken in later.
  const late = await send('somebody-who-left')
  const [created, listed] = (await example('retention.md', '/deletions')).split(/(?<=\})(?=\{"deletions")/)
  const deletion = JSON.parse(created ?? '')
  expect(deletion).toMatchObject({ subject: 'user', value: 'somebody-who-left', status: 'hidden' })
  expect(JSON.parse(listed ?? '').deletions).toHaveLength(1)
  expect(await traces()).not.toContain(mine)
  const after = await send('somebody-who-left')
  await eventually(async () => (await traces()).sort().join() === [others, after].sort().join() || undefined)
  await eventually(async () => (await read<Receipt>(`deletions/${deletion.id}`)).removedAt ?? undefined)
  const receipt = await read<Receipt>(`deletions/${deletion.id}`)
  const rows = receipt.removed.find(({ where }) => where === 'spans')?.rows ?? 0
  expect(rows + receipt.late).toBe(2)
  expect(await traces()).not.toContain(late)
  expect((await fetch(`${signalbox.url}/api/v1/traces/${mine}`, { headers: headers() })).status).toBe(404)
  expect((await fetch(`${signalbox.url}/api/v1/deletions`, { method: 'POST', headers: headers(), body: '{}' })).status).toBe(400)
  expect((await fetch(`${signalbox.url}/api/v1/traces/${others}`, { method: 'DELETE', headers: headers() })).status).toBe(200)
  expect(await traces()).not.toContain(others)
})

it('tells by the examples of the ingest page what was rejected', async () => {
  await eventually(async () => {
    const [senders, rejected] = (await example('ingest.md', '/ingest/senders')).split(/(?<=\})(?=\{"rejected")/)
    const [sender] = JSON.parse(senders ?? '').senders
    expect(sender).toMatchObject({ accepted: 4, rejected: 4, endpoint: 'POST /v1/traces' })
    expect(sender.reasons).toMatchObject([{ items: 4, reason: expect.stringContaining('span id is not 8 bytes') }])
    expect(JSON.parse(rejected ?? '').rejected[0].body).toContain('"wrong"')
    return true
  })
})

it('sends by the example of the ingest page what was rejected again, mended', async () => {
  type Rejected = { id: string; replayable: boolean; replayedAt: string | null }
  const [first] = (await read<{ rejected: Rejected[] }>('ingest/rejected')).rejected
  const { text } = await read<{ text: string }>(`ingest/rejected/${first?.id}`)
  const mended = JSON.stringify(text.replace('"wrong"', `"${'e'.repeat(16)}"`)).slice(1, -1)
  const answer = await example('ingest.md', '/replay', {
    'rejected/ID': `rejected/${first?.id}`,
    '…the mended text, or leave it out…': mended,
  })
  const { stored, traceIds } = JSON.parse(answer)
  expect(stored).toBe(true)
  expect(await traces()).toContain(traceIds[0])
  expect((await read<{ rejected: Rejected[] }>('ingest/rejected')).rejected[0]).toMatchObject({
    id: first?.id,
    replayedAt: expect.any(String),
  })
})

it('sets by the example of the retention page for how long the project keeps what', async () => {
  expect(JSON.parse(await example('retention.md', '-X PUT'))).toEqual({ payloadDays: 30, metadataDays: 400 })
  expect(await read('retention')).toMatchObject({ payloadDays: 30, metadataDays: 400, from: 'project' })
})
