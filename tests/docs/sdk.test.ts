import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../signalbox.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const page = readFileSync(resolve(ROOT, 'docs/guide/sdk.md'), 'utf8')
const examples = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code)

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

const run = (code: string) =>
  promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--input-type=module-typescript', '-e', code.replaceAll('http://localhost:7500', signalbox.url)],
    { cwd: ROOT, env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey } },
  )
const api = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const traceNamed = (name: string, spans: number) =>
  eventually(async () => {
    const found = (await api().traces.list({})).traces.find((trace) => trace.name === name && trace.spanCount >= spans)
    return found && (await api().traces.get({ traceId: found.traceId }))
  })

it('has three examples', () => expect(examples).toHaveLength(3))

it('traces an app as the page says', async () => {
  await run(examples[0] ?? '')
  const { trace, spans } = await traceNamed('answer', 2)
  expect(trace).toMatchObject({ sessionId: 'ticket-4711', userId: 'ada', environment: 'production' })
  expect(spans.map(({ name, kind, metadata }) => [name, kind, metadata.tier])).toEqual([
    ['answer', 'span', 'gold'],
    ['search', 'retriever', 'gold'],
  ])
})

it('records model calls as the page says: each once', async () => {
  await run(examples[1] ?? '')
  const { trace, spans } = await traceNamed('compare', 5)
  const gateway = spans.filter(({ source }) => source === 'gateway')
  expect(gateway.map(({ operation }) => operation)).toHaveLength(2)
  const tokens = gateway.reduce((sum, { inputTokens }) => sum + inputTokens, 0)
  await eventually(async () => (await api().traces.get({ traceId: trace.traceId })).trace.inputTokens === tokens || undefined)
})

it('scores as the page says', async () => {
  await run(examples[2] ?? '')
  const scores = await eventually(async () => {
    const found = (await api().scores.list({})).scores
    return found.length >= 2 ? found : undefined
  })
  expect(scores.map(({ name, value, source }) => [name, value, source]).sort()).toEqual([
    ['quality', 0.9, 'api'],
    ['thumbs', true, 'feedback'],
  ])
})
