import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import { paths } from '../environment.ts'
import { type Holder, holderOf, takeLock } from './lock.ts'
import type { Role } from './supervisor.ts'

/** `up` has the folder's lock, and each role its own, so that a role alone and `up` exclude each other too. */
const lockFile = (data: string, what: 'up' | Role) => (what === 'up' ? paths(data).lock : join(data, `${what}.lock.json`))
/** Roles whose supervisor is gone finish what they have; this is a little longer than they may take. */
const WAIT_MS = 35_000

/**
 * Takes the data folder for `up` or for one role; refuses with the other's pid. Given up when the process exits.
 * Waits for roles that a supervisor left behind, and tells `say` about it.
 */
export async function lockFolder(
  data: string,
  options: { what: 'up' | Role; supervised?: boolean; say: (line: string) => void },
): Promise<void> {
  const { what, supervised = false, say } = options
  const deadline = Date.now() + WAIT_MS
  for (let told = false; ; told = true) {
    const holder = tryTake(data, what, supervised)
    if (!holder) break
    const leftBehind = holder.supervised && (supervised || !holderOf(lockFile(data, 'up')))
    if (!leftBehind || Date.now() > deadline) refuse(data, holder)
    if (!told) say(`Waiting for the ${holder.what} of the last run (process ${holder.pid}) to finish.`)
    await sleep(200)
  }
}

/** The process that has the data folder, if any. */
export const folderHolder = (data: string): Holder | undefined =>
  holderOf(lockFile(data, 'up')) ?? holderOf(lockFile(data, 'core')) ?? holderOf(lockFile(data, 'edge'))

function tryTake(data: string, what: 'up' | Role, supervised: boolean): Holder | undefined {
  const taken = takeLock(lockFile(data, what), { what, supervised })
  if ('holder' in taken) return taken.holder
  const other = what === 'up' ? (holderOf(lockFile(data, 'core')) ?? holderOf(lockFile(data, 'edge'))) : undefined
  if (other) taken.release()
  else process.once('exit', taken.release)
  return other
}

function refuse(data: string, holder: Holder): never {
  throw new AppError('conflict', `Signalbox (${holder.what}) already runs on ${data} as process ${holder.pid}, since ${holder.since}.`, {
    hint: `Stop it with "kill ${holder.pid}", or give this one another folder and port: SIGNALBOX_DATA=./other SIGNALBOX_PORT=7501.`,
    data: { pid: holder.pid },
  })
}
