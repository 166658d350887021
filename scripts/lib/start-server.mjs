import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pinnedNode, root } from './root.mjs'

export const KEY = 'sk-sb-0123456789abcdef0123'

/**
 * Starts the built program on a free port and a data folder of its own, and waits until it is ready. Provider keys of this machine stay out.
 * `config` is what its signalbox.yaml holds, as a value: JSON is YAML.
 */
export async function startServer({ config = { version: 1 }, env = {} } = {}) {
  const port = await freePort()
  const data = mkdtempSync(join(tmpdir(), 'signalbox-'))
  writeFileSync(join(data, 'signalbox.yaml'), JSON.stringify(config))
  const foreign = /^SIGNALBOX_|_API_KEY$|^(DATABASE_URL|CLICKHOUSE_URL|REDIS_URL|BLOBS_URL|OLLAMA_HOST)$/
  const child = spawn(pinnedNode, [join(root, 'packages/server/dist/main.js'), 'up'], {
    cwd: data,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
      SIGNALBOX_PORT: String(port),
      SIGNALBOX_DATA: join(data, 'data'),
      SIGNALBOX_LOG_LEVEL: 'error',
      SIGNALBOX_BOOTSTRAP_PUBLIC_KEY: 'pk-sb-0123456789abcdef0123',
      SIGNALBOX_BOOTSTRAP_SECRET_KEY: KEY,
      ...env,
    },
  })
  const ended = new Promise((done) => child.once('exit', done))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    process.off('exit', kill)
    rmSync(data, { recursive: true, force: true })
  }
  for (let round = 0; round < 600; round++) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    if (response?.ok) return { url, stop }
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode} before it was ready.`)
    await sleep(100)
  }
  await stop()
  throw new Error('The program was not ready after a minute.')
}

/** Starts the built simulator of providers on a free port. */
export async function startSimulator() {
  const child = spawn(pinnedNode, [join(root, 'packages/server/dist/main.js'), 'simulator', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((done) => child.once('exit', done))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    process.off('exit', kill)
  }
  let printed = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += text
    if (printed.includes('\n')) return { origin: new URL(JSON.parse(printed).url).origin, stop }
  }
  throw new Error('The simulator ended before it was ready.')
}

export async function freePort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return port
}
