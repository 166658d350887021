// Runs inside of a network that has loopback and nothing else, and prints as JSON what happened there and what the kernel counted.
import { execFileSync, spawn } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@signalbox/sdk'
import { eventually, freePort, PROGRAM, type Signalbox, startSignalbox } from '../signalbox.ts'
import { type Counters, readCounters } from './counters.ts'

/** TEST-NET-1 of RFC 5737, and the addresses of RFC 3849 for documents: no network has them. */
const OUTSIDE = '192.0.2.1'
const OUTSIDE_6 = '2001:db8::1'
const IDLE_MS = 3000

export type Report = {
  /** The namespaces of this driver and of everything that it started. */
  namespaces: Record<'driver' | 'model' | 'edge' | 'core', string>
  /** Status and text of each call. */
  answers: Record<string, { status: number; text: string }>
  /** What the API says of the traces that the calls and the sent span left. */
  spans: Record<string, { source: string; provider: string | null; status: string }>
  /** What the built-in pages allow a browser to reach. */
  contentPolicy: string
  before: Counters
  /** After everything, and seconds without work. */
  quiet: Counters
  /** After each deliberate attempt to leave, in turn. */
  controls: { attempt: string; outcome: string; counters: Counters }[]
  /** What the command of the guide printed, when nothing had left and at the end. */
  guide: { quiet: string; end: string }
}

// Ended from outside, everything that was started here ends too.
process.once('SIGTERM', () => process.exit(1))
const before = await readCounters()
const model = await startModelServer()
const signalbox = await startSignalbox({
  yaml: JSON.stringify({
    version: 1,
    providers: {
      local: { kind: 'openai-compatible', baseUrl: model.url },
      // Nobody calls it until the controls, so nothing may go there until then.
      outside: { kind: 'openai-compatible', baseUrl: `http://${OUTSIDE}:8000/v1` },
    },
    models: { assistant: { targets: [{ provider: 'local', model: 'echo' }] } },
  }),
})
try {
  console.log(JSON.stringify(await work(signalbox)))
} finally {
  await signalbox.stop()
  model.stop()
}

async function work({ url, secretKey, pidOf }: Signalbox): Promise<Report> {
  const pids = { driver: process.pid, model: model.pid, edge: pidOf('edge') ?? 0, core: pidOf('core') ?? 0 }
  const post = (path: string, body: object) =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  const answers: Report['answers'] = {}
  const spans: Report['spans'] = {}
  const client = createClient({ baseUrl: url, apiKey: secretKey })
  const readBack = async (name: string, traceId: string) => {
    const span = await eventually(async () => (await client.traces.get({ traceId })).spans[0])
    spans[name] = { source: span.source, provider: span.provider, status: span.status }
  }
  const call = async (name: string, path: string, body: object) => {
    const response = await post(path, body)
    answers[name] = { status: response.status, text: await response.text() }
    return response.headers.get('x-signalbox-trace-id') ?? ''
  }
  const messages = [{ role: 'user', content: 'nothing leaves' }]
  for (const [name, path, body] of [
    ['openai', '/v1/chat/completions', { model: 'local/echo', messages }],
    ['openai stream', '/v1/chat/completions', { model: 'local/echo', messages, stream: true }],
    ['anthropic', '/v1/messages', { model: 'assistant', max_tokens: 100, messages }],
    ['anthropic stream', '/v1/messages', { model: 'assistant', max_tokens: 100, messages, stream: true }],
  ] as const)
    await readBack(name, await call(name, path, body))

  const sent = otlpSpan()
  await call('otlp', '/v1/traces', sent.body)
  await readBack('otlp', sent.traceId)
  const page = await fetch(`${url}/`)
  await page.arrayBuffer()

  await sleep(IDLE_MS)
  const quiet = await readCounters(pids.core)
  const guide = { quiet: counted(pids.core), end: '' }

  const controls: Report['controls'] = []
  const control = async (attempt: string, tried: Promise<string>) =>
    controls.push({ attempt, outcome: await tried, counters: await readCounters(pids.core) })
  await control('a connection', failureOf(reach(OUTSIDE)))
  if (hasIpv6()) await control('a connection over IPv6', failureOf(reach(OUTSIDE_6)))
  await control('a name', failureOf(lookup('models.example.com')))
  const refused = post('/v1/chat/completions', { model: 'outside/any', messages })
  await control(
    'a call of a provider outside',
    refused.then(async (response) => `${response.status} ${await response.text()}`),
  )
  guide.end = counted(pids.core)

  return {
    namespaces: {
      driver: namespaceOf(pids.driver),
      model: namespaceOf(pids.model),
      edge: namespaceOf(pids.edge),
      core: namespaceOf(pids.core),
    },
    answers,
    spans,
    contentPolicy: page.headers.get('content-security-policy') ?? '',
    before,
    quiet,
    controls,
    guide,
  }
}

/** The built-in simulator as a process of its own: it speaks what vLLM speaks. */
async function startModelServer(): Promise<{ url: string; pid: number; stop(): void }> {
  const port = await freePort()
  const child = spawn(process.execPath, [...PROGRAM, 'simulator', '--port', String(port), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { url } = JSON.parse(line.toString()) as { url: string }
  return { url, pid: child.pid ?? 0, stop: () => child.kill() }
}

function otlpSpan(): { traceId: string; body: object } {
  const traceId = '5b8aa5a2d2c872e8321cf37308d69df2'
  const now = BigInt(Date.now()) * 1_000_000n
  const span = {
    traceId,
    spanId: '051581bf3cb55c13',
    name: 'chat',
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 5_000_000n),
    attributes: [{ key: 'gen_ai.operation.name', value: { stringValue: 'chat' } }],
  }
  return { traceId, body: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] } }
}

function hasIpv6(): boolean {
  const addresses = '/proc/self/net/if_inet6'
  return existsSync(addresses) && readFileSync(addresses, 'utf8') !== ''
}

async function reach(host: string): Promise<void> {
  const socket = connect({ host, port: 443 })
  await once(socket, 'connect')
  socket.destroy()
}

function failureOf(tried: Promise<unknown>): Promise<string> {
  return tried.then(
    () => 'it worked',
    (error: NodeJS.ErrnoException) => String(error.code),
  )
}

/** Runs the command of the guide on a process. */
function counted(pid: number): string {
  const env = { ...process.env, PID: String(pid) }
  return execFileSync('bash', ['-euc', process.env.GUIDE_COMMAND ?? 'exit 1'], { encoding: 'utf8', env })
}

function namespaceOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/ns/net`)
}
