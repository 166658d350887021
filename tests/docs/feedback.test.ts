import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../packages/server/src/config/load.ts'
import { eventually, type Signalbox, startSignalbox } from '../signalbox.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/guide/feedback.md'), 'utf8')
const blocks = (language: string) => [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)

let signalbox: Signalbox
beforeAll(async () => {
  // One question that is asked again, by the settings of the page.
  signalbox = await startSignalbox({ yaml: blocks('yaml')[1] ?? '' })
})
afterAll(() => signalbox?.stop())

const api = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
async function run(script: string): Promise<string> {
  const text = script.replaceAll('http://localhost:7500', signalbox.url).replaceAll('curl -s', 'curl -sSf')
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -eu\n${text}`], {
    env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey, SIGNALBOX_PUBLIC_KEY: signalbox.publicKey },
  })
  return stdout
}

it('has two settings, and both are accepted', () => {
  const settings = blocks('yaml').map((text) => parseConfig(text, { name: 'signalbox.yaml', variables: {} }).projects.default?.feedback)
  expect(settings).toMatchObject([
    { origins: ['https://app.example.com'], perMinute: 600, perMinuteOfAddress: 30 },
    { implicit: { repeats: true, withinMinutes: 10, similarity: 0.8 } },
  ])
})

it('takes feedback with the public key, and finds it again, as the page says', async () => {
  const [sent, read] = blocks('sh')
  expect(JSON.parse(await run(sent ?? ''))).toMatchObject({
    id: 'ada-4711',
    scores: [{ name: 'thumbs', value: false, comment: 'Too vague' }],
  })
  await run(sent ?? '')
  const [traces = '', listed = ''] = (read ?? '').split(/\n(?=curl)/)
  expect(JSON.parse(await run(traces))).toMatchObject({ traces: [] })
  const scores = await eventually(async () => {
    const answer = JSON.parse(await run(listed))
    return answer.scores.length > 0 ? answer.scores : undefined
  })
  expect(scores).toMatchObject([{ name: 'thumbs', value: false, comment: 'Too vague', metadata: { user: 'ada' }, source: 'feedback' }])
})

it('notices a question that is asked again', async () => {
  const ask = async () => {
    const response = await fetch(`${signalbox.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json', 'x-signalbox-session': 'again' },
      body: JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content: 'Where is my parcel?' }] }),
    })
    await response.arrayBuffer()
    return response.headers.get('x-signalbox-trace-id') ?? ''
  }
  const [first, second] = [await ask(), await ask()]
  const scores = await eventually(async () => {
    const found = (await api().scores.list({ traceId: first })).scores
    return found.length > 0 ? found : undefined
  })
  expect(scores).toMatchObject([
    { name: 'repeated', value: true, source: 'feedback', metadata: { implicit: 'true', by: second, kind: 'same' } },
  ])
})
