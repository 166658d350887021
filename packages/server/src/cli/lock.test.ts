import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { holderOf, takeLock } from './lock.ts'

const lockFile = () => join(mkdtempSync(join(tmpdir(), 'lock-')), 'lock.json')
const released = (taken: ReturnType<typeof takeLock>) => {
  if ('holder' in taken) throw new Error(`held by ${taken.holder.pid}`)
  return taken.release
}

it('refuses a second taker and names the first', () => {
  const file = lockFile()
  const release = released(takeLock(file, { what: 'up' }))
  const second = takeLock(file, { what: 'up' })
  expect('holder' in second && second.holder).toMatchObject({ pid: process.pid, what: 'up' })
  release()
  expect(holderOf(file)).toBeUndefined()
  released(takeLock(file, { what: 'up' }))()
  expect(readdirSync(join(file, '..'))).toEqual([])
})

it.each([
  ['a process that is gone', async () => ({ pid: await goneProcess(), ticks: '1' })],
  ['a process with the same pid that started at another time', async () => ({ pid: process.pid, ticks: '1' })],
])('takes over the lock of %s', async (_, holder) => {
  const file = lockFile()
  const release = released(takeLock(file, { what: 'up' }))
  const mine = JSON.parse(readFileSync(file, 'utf8'))
  release()
  writeFileSync(file, JSON.stringify({ ...mine, ...(await holder()) }))
  released(takeLock(file, { what: 'up' }))
  expect(holderOf(file)?.pid).toBe(process.pid)
})

it('takes over a lock that was cut off while it was written', () => {
  const file = lockFile()
  writeFileSync(file, '{"pid": 12')
  released(takeLock(file, { what: 'up' }))
})

it('lets one of many processes win a stale lock, however close they come', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'))
  const files = Array.from({ length: 2000 }, (_, index) => join(folder, `${index}.json`))
  for (const file of files) writeFileSync(file, JSON.stringify({ pid: 999_999, ticks: '1', bootId: '' }))
  const module = join(import.meta.dirname, 'lock.ts')
  // All go through the files in the same order from one moment on, so that they keep meeting.
  const script = `
    const { takeLock } = await import(${JSON.stringify(module)})
    process.stdout.write('ready')
    process.stdin.once('data', () => {
      const won = ${JSON.stringify(files)}.filter((file) => 'release' in takeLock(file, { what: 'up' }))
      process.stdout.write(JSON.stringify(won) + '\\n')
    })`
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]))
  try {
    await Promise.all(children.map((child) => once(child.stdout, 'data')))
    const answers = children.map(async (child) => JSON.parse(String((await once(createInterface(child.stdout), 'line'))[0])))
    for (const child of children) child.stdin.write('go')
    expect((await Promise.all(answers)).flat().toSorted()).toEqual(files.toSorted())
    expect(readdirSync(folder).toSorted()).toEqual(files.map((file) => basename(file)).toSorted())
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
})

async function goneProcess(): Promise<number> {
  const child = spawn('true')
  await once(child, 'exit')
  return child.pid ?? 0
}
