import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Who holds a data folder, as written in its lock file. `ticks` is the kernel's start time of the process: a pid alone can be reused. */
export type Holder = { pid: number; ticks: string; bootId: string; what: string; since: string; supervised: boolean }

/**
 * Takes `file` for this process and returns the function that gives it up.
 * Where a living process has it, returns that holder instead. A lock whose process is gone is taken over.
 */
export function takeLock(file: string, options: { what: string; supervised?: boolean }): { release: () => void } | { holder: Holder } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const mine: Holder = {
    pid: process.pid,
    ticks: ticksOf(process.pid) ?? '',
    bootId: bootId(),
    what: options.what,
    since: new Date().toISOString(),
    supervised: options.supervised ?? false,
  }
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(mine)}\n`, { mode: 0o600 })
  try {
    for (;;) {
      // A hard link appears whole and only once, so two processes cannot both succeed.
      if (tryLink(draft, file)) return { release: () => release(file, mine) }
      const found = contentOf(file)
      if (found === undefined) continue // given up in between
      const holder = livingHolder(found)
      if (holder) return { holder }
      const quicker = clear(file, found, options)
      if (quicker) return { holder: quicker }
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

/** The living process that has `file`, or undefined. */
export function holderOf(file: string): Holder | undefined {
  const found = contentOf(file)
  return found === undefined ? undefined : livingHolder(found)
}

function livingHolder(content: string): Holder | undefined {
  const holder = parse(content)
  return holder && isAlive(holder) ? holder : undefined
}

function release(file: string, mine: Holder) {
  const now = parse(contentOf(file) ?? '')
  if (now?.pid === mine.pid && now.ticks === mine.ticks) rmSync(file, { force: true })
}

/**
 * Removes the stale lock with just this content, or returns the living process that is at it already.
 * Only who holds the claim on that content may remove it, and looks again before: so what goes can never be the lock of
 * a process that came in between. A claim is a lock as well, so one left by a crash is taken over in the same way.
 */
function clear(file: string, stale: string, options: { what: string; supervised?: boolean }): Holder | undefined {
  const claim = takeLock(`${file}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`, options)
  if ('holder' in claim) return claim.holder
  if (contentOf(file) === stale) rmSync(file, { force: true })
  claim.release()
  return undefined
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(content: string): Holder | undefined {
  try {
    const holder = JSON.parse(content) as Holder
    return Number.isInteger(holder.pid) ? holder : undefined
  } catch {
    return undefined // cut off by a full disk: nobody can hold it
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.bootId !== bootId()) return false
  const ticks = ticksOf(holder.pid)
  if (ticks !== undefined) return ticks === holder.ticks
  if (process.platform === 'linux') return false
  try {
    return process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces, so it is cut off first. A zombie is no longer alive. */
function ticksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}
