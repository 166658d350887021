import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A real server for tests, or the reason in words why there is none here. */
export type Started = { url: string; stop: () => Promise<void> } | { missing: string }

export const run = promisify(execFile)

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('No free port.')
  return address.port
}

/** Calls `ready` until it doesn't throw; says the last reason after ten seconds. */
export async function until(ready: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + 10_000
  for (;;) {
    try {
      await ready()
      return
    } catch (error) {
      if (Date.now() > end) throw error
      await wait(50)
    }
  }
}

/** The shell ends the program when its input does, so nothing is left behind by tests that were killed. */
const WATCH = '"$@" & program=$!; cat >/dev/null; kill -s "$SIGNAL" $program 2>/dev/null; wait $program'

/** Starts a program that runs until `stop`, which waits for its end, or until the tests end in whatever way. */
export function background(command: string, args: string[], options: { cwd: string; signal: 'INT' | 'KILL'; uid?: number; gid?: number }) {
  const { signal, ...rest } = options
  const child = spawn('sh', ['-c', WATCH, 'sh', command, ...args], {
    ...rest,
    env: { ...process.env, SIGNAL: signal },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000)
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()).on('error', () => resolve()))
  return {
    said: () => said.trim(),
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}

/** Installs Debian packages where that can work, once at a time on the machine. Returns why it could not. */
export async function installPackages(packages: string[]): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return `install ${packages.join(' ')} to run these tests`
  const release = await lock('/tmp/signalbox-tests-apt.lock')
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update'], { env, timeout: 60_000 }).catch(() => {})
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, timeout: 240_000 })
    return undefined
  } catch (error) {
    return `apt-get install ${packages.join(' ')} failed: ${String(error).split('\n')[0]}`
  } finally {
    release()
  }
}

async function lock(path: string): Promise<() => void> {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx'))
      return () => rmSync(path, { force: true })
    } catch {
      if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 300_000) rmSync(path, { force: true })
      await wait(500)
    }
  }
}
