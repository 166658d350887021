import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './root.mjs'
import { say } from './say.mjs'

const folder = join(root, '.cache')
const file = join(folder, 'setup.lock')

/** Runs `work` while no other set-up of this clone runs: of two first starts at the same time, one waits. */
export async function withLock(work) {
  mkdirSync(folder, { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, String(process.pid))
  for (let told = false; !tryLink(draft); told = true) {
    const holder = holderOf()
    if (holder === undefined) {
      rmSync(file, { force: true })
      continue
    }
    if (!told) say(`Process ${holder} is setting this clone up; waiting for it …`)
    await sleep(300)
  }
  rmSync(draft)
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.off('exit', release)
  }
}

function tryLink(draft) {
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function holderOf() {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined
  }
}
