import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../signalbox.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/guide/overview.md'), 'utf8')
const scripts = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, script = '']) => script)

const yaml = (target: string) => `version: 1
models:
  support: { targets: [{ provider: simulator, model: ${target} }] }
`
let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: yaml('echo') })
})
afterAll(() => signalbox?.stop())

async function run(script = ''): Promise<unknown> {
  const text = script.replaceAll('http://localhost:7500', signalbox.url).replaceAll('curl -s', 'curl -sSf')
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -eu\n${text}`], {
    env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey },
  })
  return JSON.parse(stdout)
}
async function api(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${signalbox.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(response.status, await response.clone().text()).toBe(200)
  return (await response.json()) as Record<string, unknown>
}
type Shown = { kind: string; title: string; from: string; environment: string | null }
const markers = async (from: string) => ((await api('GET', '/markers')).markers as Shown[]).filter((one) => one.from === from)

it('has the examples of the page', async () => {
  expect(scripts).toHaveLength(5)
  expect(await run(scripts[0])).toMatchObject({ current: { calls: 0 }, before: {}, timeline: [] })
  // An edge is heard of a moment after the start.
  const gateway = await eventually(async () => {
    const { parts } = (await run(scripts[1])) as { parts: { id: string; state: string; word: string }[] }
    return parts.find(({ id, state }) => id === 'gateway' && state === 'ok')
  })
  expect(gateway.word).toBe('answers')
})

it('sets, lists and removes a marker as the page says', async () => {
  const [set, list, remove] = scripts.slice(2)
  expect(await run(set)).toMatchObject({ id: 'build:1742', from: 'api', by: expect.any(String) })
  await run(set)
  expect(await run(list)).toMatchObject({ markers: [{ title: 'Checkout 1.8.0', environment: 'production' }], more: false })
  await run(remove)
  expect(await run(list)).toMatchObject({ markers: [] })
})

it('marks what is changed by API, with what is different', async () => {
  const target = { provider: 'simulator', model: 'echo' }
  await api('POST', '/models', { name: 'triage', targets: [target] })
  await api('PATCH', '/models/triage', { targets: [{ ...target, model: 'script' }] })
  // What changed nothing is no change.
  await api('PATCH', '/models/triage', { targets: [{ ...target, model: 'script' }] })
  await api('DELETE', '/models/triage')
  expect((await markers('change')).map(({ kind, title }) => [kind, title])).toEqual([
    ['route', 'Alias triage removed'],
    ['route', 'Alias triage: targets[0].model echo → script'],
    ['route', 'Alias triage added'],
  ])
})

it('marks what is different in signalbox.yaml', async () => {
  await api('PUT', '/config', { text: yaml('script') })
  expect(await markers('file')).toMatchObject([
    { kind: 'route', title: expect.stringContaining('alias support: targets[0].model echo → script') },
  ])
})

it('marks the first span of a release', async () => {
  const started = Date.now() - 60_000
  const response = await fetch(`${signalbox.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'checkout' } },
              { key: 'service.version', value: { stringValue: '1.8.0' } },
            ],
          },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: '0af7651916cd43dd8448eb211c80319c',
                  spanId: 'b7ad6b7169203331',
                  name: 'answer',
                  startTimeUnixNano: `${started}000000`,
                  endTimeUnixNano: `${started + 40}000000`,
                },
              ],
            },
          ],
        },
      ],
    }),
  })
  expect(response.status).toBe(200)
  const found = await eventually(async () => {
    const all = await markers('release')
    return all.length > 0 ? all : undefined
  })
  expect(found).toMatchObject([{ kind: 'deploy', title: 'Release 1.8.0', at: new Date(started).toISOString() }])
})
