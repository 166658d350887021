import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isBuilt } from '../scripts/lib/stamp.mjs'
import { putEmptyStores } from './empty-stores.ts'

const ROOT = resolve(import.meta.dirname, '..')
const SERVER = join(ROOT, 'packages/server')
/** Arguments of Node for `signalbox`: what users run, where it was built from these very sources (`npm test` sees to that); else the sources themselves, which start slower. */
export const PROGRAM: readonly string[] = isBuilt('server')
  ? [join(SERVER, 'dist/main.js')]
  : ['--conditions=source', join(SERVER, 'src/main.ts')]
/** The same as one word of a shell script, for `npx signalbox`. */
export const COMMAND = [process.execPath, ...PROGRAM].map((part) => `"${part}"`).join(' ')

export type Role = 'edge' | 'core'
export type Signalbox = {
  /** `http://127.0.0.1:PORT`, without a slash. */
  url: string
  port: number
  publicKey: string
  secretKey: string
  admin: { email: string; password: string }
  /** The data folder. It is removed by `stop()` unless it was handed in. */
  data: string
  /** What all processes wrote to standard error so far. */
  stderr(): string
  /** The process id of a role, found by its title among the descendants of the start command. */
  pidOf(role: Role): number | undefined
  /** Sends `kill -9` (or another signal) to one role and returns its process id. */
  killRole(role: Role, signal?: NodeJS.Signals): number
  /** Resolves when `/readyz` (of one role, where named) answers 200. */
  ready(role?: 'edge', timeoutMs?: number): Promise<void>
  /** SIGTERM, then SIGKILL after 35 s. Safe to call twice. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export type StartOptions = {
  /** The text of `signalbox.yaml`. */
  yaml?: string
  /** Over the variables of the test run, from which every provider key and every SIGNALBOX_ variable is taken out. */
  env?: Record<string, string>
  /** An existing data folder: kept by `stop()`. */
  data?: string
  /** A fixed port; else a free one. */
  port?: number
  /** The `main.ts` of another copy of the program. */
  main?: string
  /** The program makes its own engines, as at a user's first start; else it is given empty ones, which takes half of the time. */
  firstStart?: boolean
}

/** Starts the real program (`signalbox up`) on a free port and its own data folder, and waits until it is ready. */
export async function startSignalbox(options: StartOptions = {}): Promise<Signalbox> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'signalbox-test-')))
  if (options.data === undefined && !options.firstStart) await putEmptyStores(data)
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const publicKey = 'pk-sb-0123456789abcdef'
  const secretKey = 'sk-sb-0123456789abcdef'
  const admin = { email: 'owner@example.test', password: 'correct horse battery' }
  const configFile = join(data, '..', `${data.split('/').at(-1)}.yaml`)
  if (options.yaml !== undefined) await writeFile(configFile, options.yaml)

  const child = spawn(process.execPath, [...(options.main ? ['--conditions=source', options.main] : PROGRAM), 'up'], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...cleanEnvironment(),
      SIGNALBOX_DATA: data,
      SIGNALBOX_PORT: String(port),
      ...(options.yaml !== undefined && { SIGNALBOX_CONFIG: configFile }),
      SIGNALBOX_BOOTSTRAP_PUBLIC_KEY: publicKey,
      SIGNALBOX_BOOTSTRAP_SECRET_KEY: secretKey,
      SIGNALBOX_ADMIN_EMAIL: admin.email,
      SIGNALBOX_ADMIN_PASSWORD: admin.password,
      ...options.env,
    },
  })
  const written: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => written.push(text))
  child.stdout?.setEncoding('utf8').on('data', (text: string) => written.push(text))
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  const stderr = () => written.join('')

  const pidOf = (role: Role) => (child.pid === undefined ? undefined : findRole(child.pid, role))
  const ready: Signalbox['ready'] = async (role, timeoutMs = 150_000) => {
    const deadline = Date.now() + timeoutMs
    while (Date.now() < deadline) {
      if (hasExited(child)) throw new Error(`signalbox ended with ${child.exitCode ?? child.signalCode} before it was ready:\n${stderr()}`)
      const response = await fetch(`${url}/readyz${role ? `?role=${role}` : ''}`).catch(() => undefined)
      await response?.arrayBuffer()
      if (response?.status === 200) return
      await sleep(50)
    }
    throw new Error(`signalbox was not ready after ${timeoutMs} ms:\n${stderr()}`)
  }
  const stop: Signalbox['stop'] = async (signal = 'SIGTERM') => {
    if (!hasExited(child)) {
      child.kill(signal)
      await Promise.race([exited, sleep(35_000, undefined, { ref: false })])
    }
    killGroup(child)
    process.off('exit', onExit)
    await rm(configFile, { force: true })
    if (options.data === undefined) await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  /** A test run that dies must not leave servers behind. */
  const onExit = () => killGroup(child)
  process.on('exit', onExit)

  try {
    await ready()
  } catch (error) {
    await stop('SIGKILL')
    throw error
  }
  return {
    url,
    port,
    publicKey,
    secretKey,
    admin,
    data,
    stderr,
    pidOf,
    killRole: (role, signal = 'SIGKILL') => {
      const pid = pidOf(role)
      if (pid === undefined) throw new Error(`No process is titled "signalbox ${role}":\n${stderr()}`)
      process.kill(pid, signal)
      return pid
    },
    ready,
    stop,
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Asks again and again until the answer is not undefined, for what becomes true a moment later. */
export async function eventually<T>(ask: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      last = error
    }
    await sleep(50)
  }
  throw new Error(`It did not become true in ${timeoutMs} ms`, { cause: last })
}

/** For what is counted by the day: waits until after midnight (UTC) where that is so near that the test would count in two days. */
export async function awayFromMidnight(minutes = 3): Promise<void> {
  const rest = 86_400_000 - (Date.now() % 86_400_000)
  if (rest < minutes * 60_000) await sleep(rest + 1000)
}

/** Processes of this process group whose title is the role's: `ps` is not on every machine, `/proc` is on every Linux. */
function findRole(group: number, role: Role): number | undefined {
  return processesOf(group).find(({ title }) => title === `signalbox ${role}` || title.startsWith(`signalbox ${role} `))?.pid
}

function processesOf(group: number): { pid: number; title: string }[] {
  const found: { pid: number; title: string }[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    try {
      // The fields after the command in brackets, which may hold spaces: state, parent, group.
      const [, , groupOf] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      if (Number(groupOf) !== group) continue
      found.push({ pid, title: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() })
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nobody is left.
  }
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** The variables of this run without those that would change what the program does. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^SIGNALBOX_|_API_KEY$|^(OLLAMA_HOST|HF_TOKEN|DATABASE_URL|CLICKHOUSE_URL|REDIS_URL|BLOBS_URL|NODE_OPTIONS)$|^VITEST/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
