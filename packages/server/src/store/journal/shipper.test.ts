import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FRAME } from '@signalbox/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf } from './batch-bytes.case.ts'
import { decodeFrames } from './frame.ts'
import { Journal } from './journal.ts'
import { Shipper, type ShipperOptions } from './shipper.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shipper-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const openJournal = (segmentBytes = 2000) => {
  const journal = new Journal({ folder, segmentBytes, reserveBytes: 0 })
  journal.open(() => ({ header: '{"interrupted":true}' }))
  return journal
}
const write = (journal: Journal, from: number, to: number) =>
  Promise.all(
    Array.from({ length: to - from }, (_, i) =>
      journal.appendDurable({
        kind: FRAME.ingest,
        id: (from + i).toString(16).padStart(16, '0'),
        header: String(from + i),
        body: [Buffer.alloc(50)],
      }),
    ),
  )
const until = async (condition: () => boolean) => {
  while (!condition()) await sleep(5)
}
/** A core: takes each batch id once. */
function core(fail: () => boolean = () => false) {
  const taken = new Map<string, number[]>()
  const send: ShipperOptions['send'] = async ({ id, pieces }) => {
    if (fail()) throw new Error('down')
    taken.set(
      id,
      decodeFrames(bytesOf({ pieces })).map((frame) => Number(frame.header)),
    )
    if (fail()) throw new Error('the answer was lost')
  }
  return { send, all: () => [...taken.values()].flat() }
}
const range = (to: number) => Array.from({ length: to }, (_, n) => n)

test('everything arrives once and in order, across segments and a core that fails at any moment', async () => {
  const journal = openJournal()
  let calls = 0
  const { send, all } = core(() => ++calls % 3 === 0)
  const shipper = new Shipper({ journal, send, lingerMs: 2, retryMs: 2, maxBatchBytes: 700 })
  shipper.start()
  for (let n = 0; n < 200; n += 20) await write(journal, n, n + 20)
  await until(() => all().length >= 200)
  expect(all()).toEqual(range(200))
  await shipper.stop(1000)
  expect(journal.pendingBytes).toBe(0)
  await journal.close()
})

test('a batch whose answer was lost in a crash is sent again under the same id', async () => {
  const { send, all } = core()
  let journal = openJournal()
  let lost = true
  let shipper = new Shipper({ journal, lingerMs: 2, send: (batch) => send(batch).then(() => (lost ? new Promise(() => {}) : undefined)) })
  shipper.start()
  await write(journal, 0, 10)
  await until(() => all().length === 10)
  // As after kill -9: nothing is told to anybody; the next process finds the folder as it is, with more in it.
  await write(journal, 10, 15)
  await journal.close()
  lost = false
  journal = openJournal()
  shipper = new Shipper({ journal, send, lingerMs: 2 })
  shipper.start()
  await until(() => all().length >= 15)
  await sleep(20)
  expect(all()).toEqual(range(15))
  await shipper.stop(500)
  await journal.close()
})
