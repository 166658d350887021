import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from '../lib/child.ts'
import { freePort, type Program, SECRET_KEY, startProgram } from '../lib/start-program.ts'

/** Something that calls are sent to, and the processes whose time it costs. The first of them stands in the front. */
export type Target = {
  name: string
  port: number
  headers: Record<string, string>
  model: string
  processes: Record<string, number>
  /** Waits until what the calls left behind is done, so that it counts, and does not disturb the next target. */
  settle(): Promise<void>
  stop(): Promise<void> | void
}

const PATH_HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${SECRET_KEY}` }
const MODEL = 'gpt-4o-mini'
const nothing = async () => {}

export const direct = (mock: { port: number; pid: number }): Target => ({
  name: 'direct',
  port: mock.port,
  headers: PATH_HEADERS,
  model: MODEL,
  processes: { mock: mock.pid },
  settle: nothing,
  stop: nothing,
})

export async function bare(mockPort: number): Promise<Target> {
  const child = await startChild<object, { port: number }>(new URL('./bare-proxy.ts', import.meta.url), [`http://127.0.0.1:${mockPort}`])
  return {
    name: 'bare',
    port: child.ready.port,
    headers: PATH_HEADERS,
    model: MODEL,
    processes: { proxy: child.pid },
    settle: nothing,
    stop: child.stop,
  }
}

export const SCENARIOS = ['plain', 'full', 'full-disk'] as const
export type Scenario = (typeof SCENARIOS)[number]

const FULL = `
    strategy: latency
    targets:
      - { provider: mock, model: ${MODEL} }
      - { provider: second, model: ${MODEL} }
      - { provider: third, model: ${MODEL} }
    retries: { attempts: 1 }
    timeouts: { firstTokenMs: 15000, totalMs: 120000 }
    cache: { mode: exact, ttlSeconds: 3600 }
budgets:
  - { name: everything, scope: project, amount: 100000, per: month }
  - { name: person, scope: end-user, amount: 10000, per: day }
  - { name: rate, scope: key, measure: requests, amount: 1000000, per: minute }
  - { name: volume, scope: key, measure: tokens, amount: 1000000000, per: minute }
  - { name: at-once, scope: key, measure: concurrent, amount: 5000 }`

/**
 * `full`: three targets, limits and budgets at every level, and a cache that is asked each time, never has the answer and keeps each of them
 * in memory; `full-disk`: on disk, as it is without a word in the file.
 */
const MODELS: Record<Scenario, string> = {
  plain: `{ targets: [{ provider: mock, model: ${MODEL} }] }`,
  full: `${FULL}
cache: { store: memory }`,
  'full-disk': FULL,
}

/** Everything on: key, alias, price, journal, core. `checkout`: of another version, to be compared with this one. */
export async function signalbox(mockPort: number, scenario: Scenario, checkout?: string): Promise<Target & { program: Program }> {
  const provider = `{ kind: openai-compatible, baseUrl: http://127.0.0.1:${mockPort}/v1, apiKey: not-a-key }`
  const program = await startProgram({
    ...(checkout !== undefined && { checkout }),
    yaml: `version: 1
providers:
  mock: ${provider}
  second: ${provider}
  third: ${provider}
models:
  bench-chat: ${MODELS[scenario]}
prices:
  - { model: gpt-4o-mini*, input: 0.15, cacheRead: 0.075, output: 0.6 }
`,
  })
  return {
    name: checkout === undefined ? 'signalbox' : 'other',
    port: program.port,
    headers: PATH_HEADERS,
    model: 'bench-chat',
    processes: { edge: program.pidOf('edge'), core: program.pidOf('core') },
    settle: () => program.drained(120_000),
    stop: program.stop,
    program,
  }
}

/** `@portkey-ai/gateway` as its lock file here has it. `BENCH_PEER_NODE` names another Node to run it on. */
export async function portkey(mockPort: number): Promise<Target> {
  const folder = join(import.meta.dirname, 'peer')
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  if (!existsSync(script)) {
    console.error('Installing the peer (npm ci in bench/gateway/peer) …')
    const installed = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (installed.status !== 0) throw new Error('The peer could not be installed; --only direct,bare,signalbox leaves it out.')
  }
  const port = await freePort()
  const child = spawn(process.env.BENCH_PEER_NODE ?? process.execPath, [script, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  process.on('exit', () => child.kill('SIGKILL'))
  const until = Date.now() + 30_000
  while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))) {
    if (Date.now() > until || child.exitCode !== null) throw new Error('The peer did not start.')
    await sleep(100)
  }
  return {
    name: 'portkey',
    port,
    headers: { ...PATH_HEADERS, 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `http://127.0.0.1:${mockPort}/v1` },
    model: MODEL,
    processes: { gateway: child.pid ?? 0 },
    settle: nothing,
    stop: () => void child.kill('SIGKILL'),
  }
}
