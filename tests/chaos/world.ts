import { startSimulatorProcess } from '../faults/world.ts'
import { eventually, freePort, type Signalbox, type StartOptions, startSignalbox } from '../signalbox.ts'
import { TARGETS, type TargetName } from './plan.ts'

export type Sum = { calls: number; inputTokens: number; outputTokens: number; nanoUsd: number }
/** What a simulator says of itself. */
export type Count = Sum & { byModel: Record<string, Sum>; byOutcome: Record<string, Sum> }
export type Simulator = {
  url: string
  count(): Promise<Count>
  inFlight(): Promise<number>
  /** The most calls that it had at once. */
  most(): Promise<number>
}
export type Chaos = AsyncDisposable & {
  signalbox: Signalbox
  simulators: Record<TargetName, Simulator>
  /** A further one behind the alias `racy`, for calls whose end is a matter of moments. */
  racy: Simulator
  /** A request to our API with the secret key. */
  api<T>(path: string, body?: object): Promise<T>
  /** Waits until nothing waits for the core. */
  settled(): Promise<void>
}

/** Three simulators in processes of their own behind aliases, beside addresses where nobody listens; `more` is further YAML. */
export async function startChaos({ more = '', ...options }: StartOptions & { more?: string } = {}): Promise<Chaos> {
  const processes = await Promise.all([...TARGETS, RACY].map(async (name) => ({ name, ...(await startSimulatorProcess()) })))
  const stop = () => {
    for (const { child } of processes) child.kill('SIGKILL')
  }
  const dead = `http://127.0.0.1:${await freePort()}/v1`
  const providers = processes.map(({ name, url }) => `  ${name}: { kind: simulator, baseUrl: '${url}' }`).join('\n')
  const yaml = `version: 1
providers:
${providers}
  dead: { kind: simulator, baseUrl: '${dead}' }
models:
  three:
    targets: [${TARGETS.map(target).join(', ')}]
    breaker: false
    retries: { attempts: 1, total: 8, backoffMs: 5 }
    timeouts: { firstByteMs: 2000, firstTokenMs: 2000, idleMs: 2000 }
  dead-first:
    targets: [{ provider: dead, model: 'faults@a' }, { provider: dead, model: 'faults@b' }, ${target('c')}]
    breaker: false
    retries: { attempts: 0 }
    timeouts: { firstByteMs: 2000, firstTokenMs: 2000, idleMs: 2000 }
  guarded:
    targets: [${TARGETS.map(target).join(', ')}]
    breaker: { failures: 5, cooldownSeconds: 1 }
    retries: { attempts: 0, backoffMs: 5, maxWaitMs: 1500 }
    timeouts: { firstByteMs: 2000, firstTokenMs: 2000, idleMs: 2000, totalMs: 8000 }
  cached:
    targets: [${TARGETS.map(target).join(', ')}]
    breaker: false
    retries: { attempts: 0 }
    cache: { mode: exact, ttlSeconds: 3600 }
  racy:
    targets: [{ provider: ${RACY}, model: 'faults@a' }]
    breaker: false
    retries: { attempts: 0 }
  patient:
    targets: [${target('a')}]
    breaker: false
    retries: { attempts: 0 }
${more}`
  const signalbox = await startSignalbox({ ...options, yaml }).catch((error: unknown) => {
    stop()
    throw error
  })
  const [a, b, c, racy] = processes.map(({ url }) => simulatorAt(url.replace(/\/v1$/, ''))) as [Simulator, Simulator, Simulator, Simulator]
  return {
    signalbox,
    simulators: { a, b, c },
    racy,
    async api<T>(path: string, body?: object) {
      const response = await fetch(signalbox.url + path, {
        headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as T
    },
    async settled() {
      const pending = async () => /^signalbox_journal_pending_bytes(?:{[^}]*})? (\S+)$/m.exec(await textOf(`${signalbox.url}/metrics`))?.[1]
      await eventually(async () => ((await pending()) === '0' ? true : undefined), 120_000)
    },
    async [Symbol.asyncDispose]() {
      await signalbox.stop()
      stop()
    },
  }
}

const RACY = 'racy'
const target = (name: TargetName): string => `{ provider: ${name}, model: 'faults@${name}' }`
const textOf = async (url: string): Promise<string> => (await fetch(url)).text()

const simulatorAt = (origin: string): Simulator => ({
  url: origin,
  count: async () => JSON.parse(await textOf(`${origin}/count`)) as Count,
  inFlight: async () => (await flight(origin)).calls,
  most: async () => (await flight(origin)).most,
})

const flight = async (origin: string) => JSON.parse(await textOf(`${origin}/in-flight`)) as { calls: number; most: number }
