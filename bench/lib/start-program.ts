import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree } from './process-use.ts'

const HERE = resolve(import.meta.dirname, '../..')
export const SECRET_KEY = 'sk-sb-0123456789abcdef'

export type Program = {
  url: string
  port: number
  /** Of the start command; everything else is below it. */
  pid: number
  /** `built`: the bundle that users run; `source`: TypeScript, where nobody has built. */
  form: 'built' | 'source'
  data: string
  pidOf(role: 'edge' | 'core'): number
  /** A metric by name, all its series added; NaN when it cannot be read. */
  metric(...names: string[]): Promise<number[]>
  /** Waits until the core has everything that the edge has written. */
  drained(timeoutMs: number): Promise<void>
  api<T>(path: string, body?: object): Promise<T>
  stop(): Promise<void>
}

type Start = {
  yaml?: string
  prepare?(data: string): Promise<void>
  /** Another checkout, to be compared with this one. */
  checkout?: string
}

/** Starts `signalbox up` with everything on and an empty data folder, or one that `prepare` has filled, and waits until it is ready. */
export async function startProgram(options: Start = {}): Promise<Program> {
  const server = join(options.checkout ?? HERE, 'packages/server')
  const built = join(server, 'dist/main.js')
  const form = existsSync(built) ? 'built' : 'source'
  const data = await mkdtemp(join(tmpdir(), 'signalbox-bench-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const config = `${data}.yaml`
  await options.prepare?.(data)
  await writeFile(config, options.yaml ?? 'version: 1\n')
  const command = form === 'built' ? [built] : ['--conditions=source', join(server, 'src/main.ts')]
  const child = spawn(process.execPath, [...command, 'up'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^SIGNALBOX_|_API_KEY$|_URL$|^OLLAMA_HOST$/.test(name))),
      NODE_ENV: 'production',
      SIGNALBOX_DATA: data,
      SIGNALBOX_PORT: String(port),
      SIGNALBOX_CONFIG: config,
      SIGNALBOX_BOOTSTRAP_PUBLIC_KEY: 'pk-sb-0123456789abcdef',
      SIGNALBOX_BOOTSTRAP_SECRET_KEY: SECRET_KEY,
      SIGNALBOX_LOG_LEVEL: 'warn',
    },
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-20_000)))
  const pid = child.pid ?? 0
  const stop = async () => {
    const ended = new Promise((done) => child.once('exit', done))
    if (child.exitCode === null && child.kill('SIGTERM')) await Promise.race([ended, sleep(20_000)])
    killGroup(pid)
    await Promise.all([rm(data, { recursive: true, force: true, maxRetries: 5 }), rm(config, { force: true })])
  }
  process.on('exit', () => killGroup(pid))

  const deadline = Date.now() + 60_000
  while ((await fetch(`${url}/readyz`).catch(() => undefined))?.status !== 200) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`Signalbox did not become ready:\n${stderr}`)
    }
    await sleep(100)
  }

  const metric: Program['metric'] = async (...names) => {
    const text = await fetch(`${url}/metrics`).then(
      (response) => response.text(),
      () => '',
    )
    return names.map((name) => {
      const values = [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].map(([, value]) => Number(value))
      return values.length === 0 ? Number.NaN : values.reduce((total, value) => total + value, 0)
    })
  }
  return {
    url,
    port,
    pid,
    form,
    data,
    metric,
    pidOf(role) {
      const found = processTree(pid).find(({ title }) => title.startsWith(`signalbox ${role}`))
      if (!found) throw new Error(`There is no process titled "signalbox ${role}":\n${stderr}`)
      return found.pid
    },
    async drained(timeoutMs) {
      const until = Date.now() + timeoutMs
      while (Date.now() < until) {
        if ((await metric('signalbox_journal_pending_bytes'))[0] === 0) return
        await sleep(100)
      }
      throw new Error(`The journal was not empty after ${timeoutMs} ms:\n${stderr}`)
    },
    async api<T>(path: string, body?: object) {
      const response = await fetch(url + path, {
        headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as T
    },
    stop,
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left.
  }
}
