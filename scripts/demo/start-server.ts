import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'

const ROOT = resolve(import.meta.dirname, '../..')
export const DEMO_PORT = '7501'

export type DemoServer = { url: string; publicUrl: string; key: string; loginLink: string | undefined; done: Promise<number>; stop(): void }

/**
 * Starts the built program on a data folder of its own, with a key pair that is new at each start. Servers that the
 * environment names for the real installation (databases, Redis, a core) are left out: a demo must not write there.
 */
export async function startServer(data: string): Promise<DemoServer> {
  const pair = keyPair()
  const child = spawn(process.execPath, [join(ROOT, 'packages/server/dist/main.js'), 'up', '--data', data], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !REAL.has(name))),
      SIGNALBOX_PORT: process.env.SIGNALBOX_PORT ?? DEMO_PORT,
      SIGNALBOX_CONFIG: process.env.SIGNALBOX_CONFIG ?? join(import.meta.dirname, 'signalbox.yaml'),
      SIGNALBOX_LOG_LEVEL: process.env.SIGNALBOX_LOG_LEVEL ?? 'error',
      SIGNALBOX_BOOTSTRAP_PUBLIC_KEY: pair.publicKey,
      SIGNALBOX_BOOTSTRAP_SECRET_KEY: pair.secretKey,
    },
  })
  const done = new Promise<number>((settle) => child.once('exit', (code, signal) => settle(code ?? (signal ? 1 : 0))))
  const told = await welcomeOf(child)
  const publicUrl = /ready: (\S+)/.exec(told)?.[1] ?? ''
  const loginLink = /\S+\/login\?token=\S+/.exec(told)?.[0]
  return { url: localUrl(), publicUrl, key: pair.secretKey, loginLink, done, stop: () => void child.kill('SIGTERM') }
}

const REAL = new Set([
  'DATABASE_URL',
  'CLICKHOUSE_URL',
  'REDIS_URL',
  'BLOBS_URL',
  'SIGNALBOX_CORE_URL',
  'SIGNALBOX_CLUSTER_TOKEN',
  'SIGNALBOX_MASTER_KEY',
  'SIGNALBOX_ADMIN_EMAIL',
  'SIGNALBOX_ADMIN_PASSWORD',
  'SIGNALBOX_DATA',
])

function keyPair(): { publicKey: string; secretKey: string } {
  const { SIGNALBOX_BOOTSTRAP_PUBLIC_KEY: publicKey, SIGNALBOX_BOOTSTRAP_SECRET_KEY: secretKey } = process.env
  if (publicKey && secretKey) return { publicKey, secretKey }
  return { publicKey: `pk-sb-demo-${randomBytes(12).toString('hex')}`, secretKey: `sk-sb-demo-${randomBytes(12).toString('hex')}` }
}

/** What the program prints when it is ready. It says itself why it ends, if it does. */
async function welcomeOf(child: ChildProcess): Promise<string> {
  let told = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  while (!told.includes('-d ')) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new AppError('unavailable', 'Signalbox ended before it was ready; the lines above say why.', {
        hint: 'Another port is SIGNALBOX_PORT=7511 npm run demo; another folder is npm run demo -- --data ./other.',
      })
    }
    await sleep(50)
  }
  return told
}

function localUrl(): string {
  const host = process.env.SIGNALBOX_HOST ?? '127.0.0.1'
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${process.env.SIGNALBOX_PORT ?? DEMO_PORT}`
}
