import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, freePort, PROGRAM, type Signalbox, type StartOptions, startSignalbox } from '../signalbox.ts'

const MAIN = resolve(import.meta.dirname, '../../packages/server/src/main.ts')

/** What the simulator says of itself at `GET /count`. */
export type Count = {
  calls: number
  inputTokens: number
  outputTokens: number
  nanoUsd: number
  byOutcome: Record<string, { calls: number; inputTokens: number; outputTokens: number; nanoUsd: number } | undefined>
}
export type World = AsyncDisposable & {
  signalbox: Signalbox
  /** What was sent to the provider, by its own account. */
  count(): Promise<Count>
  /** Calls that the provider is busy with. */
  inFlight(): Promise<number>
  /** A request to our API with the secret key. */
  api<T>(path: string, body?: object): Promise<T>
  /** Waits until nothing waits for the core. */
  settled(timeoutMs?: number): Promise<void>
}

/** The real program, with the real simulator as a provider in a process of its own, so that killing a role never kills the provider. */
export async function startWorld(options: StartOptions = {}): Promise<World> {
  const simulator = await startSimulatorProcess()
  const signalbox = await startSignalbox({ ...options, yaml: yamlFor(simulator.url) }).catch((error: unknown) => {
    simulator.child.kill('SIGKILL')
    throw error
  })
  const world: World = {
    signalbox,
    inFlight: async () => ((await (await fetch(`${simulator.url.replace(/\/v1$/, '')}/in-flight`)).json()) as { calls: number }).calls,
    count: async () => (await (await fetch(`${simulator.url.replace(/\/v1$/, '')}/count`)).json()) as Count,
    async api<T>(path: string, body?: object) {
      const response = await fetch(signalbox.url + path, {
        headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as T
    },
    async settled(timeoutMs = 60_000) {
      await signalbox.ready(undefined, timeoutMs)
      await eventually(async () => ((await metric(signalbox.url, 'signalbox_journal_pending_bytes')) === 0 ? true : undefined), timeoutMs)
    },
    async [Symbol.asyncDispose]() {
      await signalbox.stop()
      simulator.child.kill('SIGKILL')
    },
  }
  return world
}

/** The published price of the simulator, 1 and 2 USD per million tokens, as an operator would write it down. */
const yamlFor = (simulatorUrl: string): string => `version: 1
providers:
  sim: { kind: openai-compatible, baseUrl: ${simulatorUrl}, apiKey: not-a-key }
prices:
  - { provider: sim, model: '*', input: 1, output: 2 }
`

export async function metric(url: string, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const value = new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

/** `signalbox simulator` on a free port, in a process of its own. */
export async function startSimulatorProcess(): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePort()
  const child = spawn(process.execPath, [...PROGRAM, 'simulator', '--port', String(port)], {
    cwd: join(MAIN, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  process.on('exit', () => child.kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}/v1`
  for (let attempt = 0; attempt < 2000; attempt++) {
    if (
      await fetch(`http://127.0.0.1:${port}/count`).then(
        (response) => response.ok,
        () => false,
      )
    )
      return { child, url }
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error('The simulator did not start.')
}
