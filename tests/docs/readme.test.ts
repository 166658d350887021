import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, freePort, PROGRAM, type Signalbox, startSignalbox } from '../signalbox.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const section = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n## Failover, live\n')[1]?.split('\n## ')[0] ?? ''
const blocks = (language: string) =>
  [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, name]) => name === language).map(([, , text = '']) => text.trim())
const [first = '', second = '', call = ''] = blocks('sh')

let signalbox: Signalbox
const simulators: ChildProcess[] = []
beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: 'version: 1\n' })
})
afterAll(async () => {
  for (const simulator of simulators) simulator.kill()
  await signalbox?.stop()
})

it('fails over from a provider that is killed, as the tour says, and the trace shows both attempts', async () => {
  const ports = new Map([
    ['7601', String(await freePort())],
    ['7602', String(await freePort())],
  ])
  const here = (text: string) =>
    text
      .replaceAll('http://localhost:7500', signalbox.url)
      .replaceAll('localhost', '127.0.0.1')
      .replaceAll(/760[12]/g, (port) => ports.get(port) ?? port)
  for (const command of [first, second]) {
    const [npx, program, ...parameters] = here(command).split(' ')
    expect([npx, program]).toEqual(['npx', 'signalbox'])
    const simulator = spawn(process.execPath, [...PROGRAM, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
    simulators.push(simulator)
    await once(simulator.stdout, 'data')
  }
  writeFileSync(join(signalbox.data, '..', `${basename(signalbox.data)}.yaml`), here(blocks('yaml')[0] ?? ''))

  const ask = async () =>
    (await run('bash', ['-c', here(call)], { env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey } })).stdout.toLowerCase()
  // The file is looked at every second.
  expect(await eventually(async () => ((await ask()).includes('x-signalbox-provider: first') ? true : undefined))).toBe(true)

  const killed = simulators[0]
  killed?.kill('SIGINT')
  if (killed) await once(killed, 'exit')
  const answer = await ask()
  expect(answer).toContain('http/1.1 200')
  expect(answer).toContain('x-signalbox-provider: second')
  expect(answer).toContain('x-signalbox-attempts: 2')
  expect(answer).toContain('are you there?')

  const api = createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
  const traceId = /x-signalbox-trace-id: (\w+)/.exec(answer)?.[1] ?? ''
  const spans = await eventually(async () => {
    const trace = await api.traces.get({ traceId })
    return trace.spans.length === 3 ? trace.spans : undefined
  })
  const whole = spans.find(({ kind }) => kind === 'llm')
  expect(whole).toMatchObject({ status: 'ok', attempts: 2, provider: 'second' })
  expect(spans.filter(({ parentId }) => parentId === whole?.spanId).map(({ provider, status }) => [provider, status])).toEqual([
    ['first', 'error'],
    ['second', 'ok'],
  ])
})
