import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { background, freePort, installPackages, run, type Started, until } from './server.ts'

/** Starts a Redis (or Valkey) server of its own on a free port; what it holds is gone when it stops. */
export async function startRedis(): Promise<Started> {
  const program = await findProgram()
  if ('missing' in program) return program
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-redis-'))
  const port = await freePort()
  const server = background(
    program.command,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    { cwd: folder, signal: 'KILL' },
  )
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await until(() => ping(port))
    return { url: `redis://127.0.0.1:${port}/0`, stop }
  } catch (error) {
    await stop()
    return { missing: `${program.command} did not start: ${error}. ${server.said()}` }
  }
}

async function ping(port: number): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    await redis.connect()
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}

async function findProgram(): Promise<{ command: string } | { missing: string }> {
  const found = await installed()
  if (found) return { command: found }
  const why = await installPackages(['redis-server'])
  const now = await installed()
  return now ? { command: now } : { missing: `Redis is not installed: ${why}` }
}

async function installed(): Promise<string | undefined> {
  for (const command of ['redis-server', 'valkey-server'])
    if (
      await run(command, ['--version']).then(
        () => true,
        () => false,
      )
    )
      return command
  return undefined
}
