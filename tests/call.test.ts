import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, PROGRAM, type Signalbox, startSignalbox } from './signalbox.ts'

/** `signalbox call` and `signalbox models`, with the real program and its simulator. */
const DIALECTS = ['openai', 'responses', 'anthropic', 'gemini', 'cohere']

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({
    yaml: `
version: 1
providers:
  remote: { kind: openai-compatible, baseUrl: "http://127.0.0.1:9/v1" }
  absent: { kind: anthropic, apiKey: "\${NOT_SET}" }
models:
  support:
    targets: [{ provider: absent, model: claude-sonnet-4-5 }, { provider: simulator, model: echo }]
`,
  })
})
afterAll(() => signalbox?.stop())

type Ran = { code: number | null; stdout: string; stderr: string }
function command(args: readonly string[], { input = '', key = signalbox.secretKey } = {}): Promise<Ran> {
  const env = { ...process.env, SIGNALBOX_URL: signalbox.url, SIGNALBOX_KEY: key }
  const child = spawn(process.execPath, [...PROGRAM, ...args], { env })
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ran.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ran.stderr += text
  })
  child.stdin.end(input)
  return new Promise((done) => child.once('close', (code) => done({ ...ran, code })))
}

describe.each(DIALECTS)('a client of %s', (dialect) => {
  test('prints the answer, and one line about the call', async () => {
    const ran = await command(['call', 'support', 'hello', 'wörld', '--dialect', dialect, '--system', 'Be brief'])
    expect(ran).toMatchObject({ code: 0, stdout: 'hello wörld\n' })
    expect(ran.stderr).toMatch(/^provider simulator · model echo · tokens \d+ in, \d+ out · cost \$0\.0\d+ · trace [0-9a-f]{32}\n$/)
  })

  test('streams from standard input; the cost is asked of the trace', async () => {
    const ran = await command(['call', 'simulator/echo', '--dialect', dialect, '--stream', '--json'], { input: 'hello wörld' })
    const { traceId, ...answer } = JSON.parse(ran.stdout)
    expect(answer).toMatchObject({ text: 'hello wörld', provider: 'simulator', model: 'echo', usage: { input: 3, output: 3 }, dropped: [] })
    expect(Number(answer.costUsd)).toBe(3e-6 + 3 * 2e-6)
    const { spans } = await createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey }).traces.get({ traceId })
    expect(spans).toMatchObject([{ model: 'echo', costUsd: answer.costUsd }])
  })

  test.each(['whole', 'stream'])('a model that nobody has, %s', async (how) => {
    const ran = await command(['call', 'nobody/knows', 'x', '--dialect', dialect, ...(how === 'stream' ? ['--stream'] : [])])
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).toMatch(/^signalbox: .*nobody[\s\S]*\n {2}\S.*/)
  })

  test('a stream that breaks off is a failure', async () => {
    const script = JSON.stringify({ text: 'one two three', fault: 'cut', at: 1 })
    const ran = await command(['call', 'simulator/faults', script, '--dialect', dialect, '--stream'])
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/^one ?$/)
    expect(ran.stderr).toMatch(/Look at the trace.*[0-9a-f]{32}/)
  })
})

test('a failure as JSON, with message and hint', async () => {
  const ran = await command(['call', 'simulator/faults', '{"fault":429}', '--json'])
  expect(ran).toMatchObject({ code: 1, stdout: '' })
  expect(JSON.parse(ran.stderr)).toEqual({ error: { message: expect.any(String), hint: expect.stringMatching(/trace is [0-9a-f]{32}/) } })
})

test('what the target could not carry is named, at the server and with the key that were given', async () => {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.url, request.headers.authorization)
    response.setHeader('x-signalbox-dropped', 'seed, n').end('{"choices":[{"message":{"content":"hi"}}]}')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const args = ['call', 'm', 'hi', '--url', `http://127.0.0.1:${port}`, '--key', 'sk-sb-other']
  expect((await command(args)).stderr).toBe('provider unknown · model unknown · cost unknown · trace unknown · dropped seed, n\n')
  expect(JSON.parse((await command([...args, '--json'])).stdout)).toMatchObject({ text: 'hi', dropped: ['seed', 'n'], costUsd: null })
  expect(asked.slice(0, 2)).toEqual(['/v1/chat/completions', 'Bearer sk-sb-other'])
  server.close()
})

test('a key that may only call gets an answer without the cost of its stream', async () => {
  const { secretKey } = await createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey }).keys.create({
    name: 'caller',
    scopes: ['gateway:call'],
  })
  const ran = await eventually(async () => {
    const tried = await command(['call', 'simulator/echo', 'hi', '--stream'], { key: secretKey })
    return tried.code === 0 ? tried : undefined
  })
  expect(ran.stderr).toContain('cost unknown')
})

test.each([
  ['no model', ['call']],
  ['an unknown dialect', ['call', 'simulator/echo', 'x', '--dialect', 'morse']],
  ['nothing to say', ['call', 'simulator/echo']],
  ['an unknown option', ['call', 'simulator/echo', 'x', '--loud']],
])('%s is wrong use', async (_, args) => {
  expect((await command(args)).code).toBe(2)
})

test('models lists names, providers and what is missing', async () => {
  const { stdout, code } = await command(['models'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^support +fallback +absent\/claude-sonnet-4-5, simulator\/echo +file +absent: NOT_SET is not set$/m)
  expect(stdout).toMatch(/^simulator\/echo +fallback/m)
  expect(stdout).toMatch(/^remote\/… +every model of http:\/\/127\.0\.0\.1:9\/v1 +file *$/m)
  const listed = JSON.parse((await command(['models', '--json'])).stdout)
  expect(listed.models.map(({ name }: { name: string }) => name)).toContain('support')
  expect(listed.providers.map(({ name }: { name: string }) => name)).toContain('remote')
})
