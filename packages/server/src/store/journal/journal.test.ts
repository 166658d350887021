import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writevSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FRAME } from '@signalbox/schema'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf } from './batch-bytes.case.ts'
import { decodeFrames, type Position } from './frame.ts'
import { Journal, type JournalOptions } from './journal.ts'
import { readBatch } from './read-batch.ts'
import { listSegments, segmentPath } from './segments.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const interrupted = ({ id }: { id: string }) => ({ header: JSON.stringify({ interrupted: id }) })
const openJournal = (options: Partial<JournalOptions> = {}) => {
  const journal = new Journal({ folder, reserveBytes: 4096, ...options })
  journal.open(interrupted)
  return journal
}
const append = (journal: Journal, frame: Parameters<Journal['append']>[0]) =>
  new Promise<Position>((resolve, reject) => journal.append(frame, (error, position) => (error ? reject(error) : resolve(position))))
const id = (n: number) => n.toString(16).padStart(16, '0')

/** Everything in the journal, as the core would get it. */
async function readAll(journal: Journal, maxBytes = 1 << 20) {
  const found = []
  for (const segment of listSegments(folder)) {
    let from = { segment, offset: 0 }
    while (true) {
      const batch = await readBatch(folder, { from, end: journal.end, maxBytes })
      if (!batch) break
      found.push(...decodeFrames(bytesOf(batch)))
      from = batch.to
    }
  }
  return found
}

test('gives back what was written, in order, with bodies of any size', async () => {
  const journal = openJournal()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 5 }), async (bodies) => {
      const before = (await readAll(journal)).length
      await Promise.all(
        bodies.map((body, index) => append(journal, { kind: FRAME.ingest, id: id(index), header: `{"n":${index}}`, body: [body] })),
      )
      const after = (await readAll(journal, 512)).slice(before)
      expect(after.map((frame) => frame.body.toString('hex'))).toEqual(bodies.map((body) => Buffer.from(body).toString('hex')))
    }),
    { numRuns: 30 },
  )
  await journal.close()
})

test('a batch carries the start of a call whose end is in it, wherever that start stands', async () => {
  const journal = openJournal()
  const ref = await append(journal, { kind: FRAME.start, id: id(1), header: '{"start":1}', body: [Buffer.from('request')] })
  const from = journal.end
  await append(journal, { kind: FRAME.end, id: id(1), ref, header: '{"end":1}', body: [] })
  const batch = await readBatch(folder, { from, end: journal.end, maxBytes: 1 << 20 })
  expect(decodeFrames(bytesOf(batch)).map((frame) => frame.header)).toEqual(['{"start":1}', '{"end":1}'])
  await journal.close()
})

test('a start goes with its end, and not before', async () => {
  const journal = openJournal()
  const from = journal.end
  const ref = await append(journal, { kind: FRAME.start, id: id(1), header: '{"start":1}', body: [] })
  const alone = await readBatch(folder, { from, end: journal.end, maxBytes: 1 << 20 })
  expect(alone).toMatchObject({ pieces: [], to: journal.end, records: 1 })
  await append(journal, { kind: FRAME.start, id: id(2), header: '{"start":2}', body: [] })
  await append(journal, { kind: FRAME.ingest, id: id(3), header: '{"n":3}', body: [] })
  await append(journal, { kind: FRAME.end, id: id(1), ref, header: '{"end":1}', body: [] })
  const batch = await readBatch(folder, { from, end: journal.end, maxBytes: 1 << 20 })
  expect(decodeFrames(bytesOf(batch)).map((frame) => frame.header)).toEqual(['{"start":1}', '{"n":3}', '{"end":1}'])
  expect(batch).toMatchObject({ to: journal.end, records: 4 })
  await journal.close()
})

test('a long start is not read before its end is sent, and then a part of the file', async () => {
  const journal = openJournal()
  const from = journal.end
  const body = Buffer.alloc(3 << 20, 'x')
  await append(journal, { kind: FRAME.ingest, id: id(9), header: '{"n":9}', body: [] })
  const ref = await append(journal, { kind: FRAME.start, id: id(1), header: '{"start":1}', body: [body] })
  await append(journal, { kind: FRAME.end, id: id(1), ref, header: '{"end":1}', body: [] })
  const asked: number[] = []
  const allocate = (bytes: number) => Buffer.allocUnsafe(asked[asked.push(bytes) - 1] as number)
  const batches = []
  for (let at: Position | undefined = from; at; ) {
    const batch = await readBatch(folder, { from: at, end: journal.end, maxBytes: 16 << 20, allocate })
    at = batch?.to
    if (batch) batches.push(batch)
  }
  expect(batches.map((batch) => decodeFrames(bytesOf(batch)).map(({ header }) => header))).toEqual([
    ['{"n":9}'],
    [],
    ['{"start":1}', '{"end":1}'],
  ])
  expect(batches.at(-1)?.pieces[0]).toMatchObject({ offset: ref.offset, length: expect.any(Number) })
  expect(decodeFrames(bytesOf(batches.at(-1)))[0]?.body.equals(body)).toBe(true)
  await journal.close()
})

test('starts from elsewhere do not make a batch longer than it may be', async () => {
  const journal = openJournal()
  const refs = []
  for (let n = 0; n < 5; n++) refs.push(await append(journal, { kind: FRAME.start, id: id(n), header: '{}', body: [Buffer.alloc(1000)] }))
  let from = journal.end
  for (const [n, ref] of refs.entries()) await append(journal, { kind: FRAME.end, id: id(n), ref, header: '{}', body: [] })
  const counts = []
  while (true) {
    const batch = await readBatch(folder, { from, end: journal.end, maxBytes: 2500 })
    if (!batch) break
    counts.push(decodeFrames(bytesOf(batch)).length)
    from = batch.to
  }
  expect(counts).toEqual([4, 4, 2])
  await journal.close()
})

test('an end whose start is damaged goes alone', async () => {
  const journal = openJournal()
  const ref = await append(journal, { kind: FRAME.start, id: id(1), header: '{"start":1}', body: [] })
  const from = journal.end
  await append(journal, { kind: FRAME.end, id: id(1), ref, header: '{"end":1}', body: [] })
  const path = segmentPath(folder, 1)
  const bytes = readFileSync(path)
  bytes[ref.offset + 40] = 0
  writeFileSync(path, bytes)
  const batch = await readBatch(folder, { from, end: journal.end, maxBytes: 1 << 20 })
  expect(decodeFrames(bytesOf(batch)).map((frame) => frame.header)).toEqual(['{"end":1}'])
  await journal.close()
})

test('a call without an end becomes interrupted at the next start, once', async () => {
  const first = openJournal()
  await append(first, { kind: FRAME.start, id: id(7), header: '{}', body: [] })
  const ended = await append(first, { kind: FRAME.start, id: id(8), header: '{}', body: [] })
  await append(first, { kind: FRAME.end, id: id(8), ref: ended, header: '{}', body: [] })
  await first.close()
  const second = openJournal()
  expect((await readAll(second)).filter((frame) => frame.header.includes('interrupted')).map((frame) => frame.header)).toEqual([
    JSON.stringify({ interrupted: id(7) }),
  ])
  await second.close()
  const third = openJournal()
  expect(third.counters.interrupted).toBe(0)
  await third.close()
})

test('a torn last record is left out, counted, and does not spoil what follows', async () => {
  const first = openJournal()
  await append(first, { kind: FRAME.ingest, id: id(1), header: '{"n":1}', body: [] })
  await append(first, { kind: FRAME.ingest, id: id(2), header: '{"n":2}', body: [Buffer.alloc(100)] })
  await first.close()
  const path = segmentPath(folder, 1)
  truncateSync(path, statSync(path).size - 10)
  const second = openJournal()
  await append(second, { kind: FRAME.ingest, id: id(3), header: '{"n":3}', body: [] })
  expect((await readAll(second)).map((frame) => frame.header)).toEqual(['{"n":1}', '{"n":3}'])
  expect(second.counters.damagedBytes).toBeGreaterThan(0)
  await second.close()
})

test('a segment goes when it has arrived, but not while a call in it is open', async () => {
  const journal = openJournal({ segmentBytes: 100 })
  const ref = await append(journal, { kind: FRAME.start, id: id(1), header: '{}', body: [Buffer.alloc(200)] })
  await append(journal, { kind: FRAME.ingest, id: id(2), header: '{}', body: [Buffer.alloc(200)] })
  await append(journal, { kind: FRAME.ingest, id: id(3), header: '{}', body: [] })
  journal.release(journal.end)
  expect(listSegments(folder)).toEqual([1, 3])
  expect(journal.pendingBytes).toBe(0)
  await append(journal, { kind: FRAME.end, id: id(1), ref, header: '{}', body: [] })
  journal.release(journal.end)
  expect(listSegments(folder)).toEqual([3])
  await journal.close()
})

test('a segment stays while the end of one of its calls has not arrived, also over a restart', async () => {
  const first = openJournal({ segmentBytes: 100 })
  const ref = await append(first, { kind: FRAME.start, id: id(1), header: '{"start":1}', body: [Buffer.alloc(200)] })
  await append(first, { kind: FRAME.ingest, id: id(2), header: '{}', body: [] })
  const arrived = first.end
  await append(first, { kind: FRAME.end, id: id(1), ref, header: '{"end":1}', body: [] })
  first.release(arrived)
  expect(listSegments(folder)).toEqual([1, 2])
  await first.close()
  const second = openJournal({ segmentBytes: 100 })
  second.release(arrived)
  const batch = await readBatch(folder, { from: arrived, end: second.end, maxBytes: 1 << 20 })
  expect(decodeFrames(bytesOf(batch)).map((frame) => frame.header)).toEqual(['{"start":1}', '{"end":1}'])
  second.release(second.end)
  expect(listSegments(folder)).toEqual([3])
  await second.close()
})

test('a full disk refuses what is new, still takes the ends of calls, and recovers', async () => {
  let room = Number.POSITIVE_INFINITY
  const journal = openJournal({
    write(fd, pieces) {
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
      if (bytes > room) {
        writevSync(fd, [Buffer.alloc(room)])
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      }
      room -= bytes
      return writevSync(fd, pieces as Uint8Array[])
    },
  })
  const ref = await append(journal, { kind: FRAME.start, id: id(1), header: '{"n":1}', body: [] })
  room = 60
  const both = await Promise.allSettled([
    append(journal, { kind: FRAME.ingest, id: id(2), header: '{"n":2}', body: [Buffer.alloc(500)] }),
    append(journal, { kind: FRAME.end, id: id(1), ref, header: '{"n":3}', body: [] }),
  ])
  expect(both.map((one) => one.status)).toEqual(['rejected', 'fulfilled'])
  expect((both[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'disk-full', status: 503 })
  room = Number.POSITIVE_INFINITY
  await append(journal, { kind: FRAME.ingest, id: id(4), header: '{"n":4}', body: [] })
  expect((await readAll(journal)).map((frame) => frame.header)).toEqual(['{"n":1}', '{"n":3}', '{"n":4}'])
  expect(journal.full).toBe(false)
  await journal.close()
})

test('refuses more when too much waits for the core, but not the ends of calls', async () => {
  const journal = openJournal({ maxPendingBytes: 100 })
  const ref = await append(journal, { kind: FRAME.start, id: id(1), header: '{}', body: [Buffer.alloc(200)] })
  await expect(append(journal, { kind: FRAME.start, id: id(2), header: '{}', body: [] })).rejects.toMatchObject({ code: 'unavailable' })
  await append(journal, { kind: FRAME.end, id: id(1), ref, header: '{}', body: [] })
  await journal.close()
})

test('many durable appends share few syncs', async () => {
  const journal = openJournal()
  await Promise.all(Array.from({ length: 200 }, (_, n) => journal.appendDurable({ kind: FRAME.ingest, id: id(n), header: '{}', body: [] })))
  expect(journal.counters.syncs).toBeGreaterThan(0)
  expect(journal.counters.syncs).toBeLessThan(20)
  await journal.close()
})

test('what was acknowledged is there after kill -9', async () => {
  const script = fileURLToPath(new URL('./__fixtures__/append-until-killed.ts', import.meta.url))
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ['--conditions=source', script, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let acknowledged = ''
    child.stdout.on('data', (data) => {
      acknowledged += data
      if (acknowledged.length > 400 * (round + 1)) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.on('close', resolve))
    appendFileSync(join(folder, 'acknowledged.txt'), acknowledged.slice(0, acknowledged.lastIndexOf('\n') + 1))
    const journal = openJournal()
    const found = new Set((await readAll(journal)).map((frame) => frame.header))
    for (const line of acknowledged.split('\n').slice(0, -1)) expect(found).toContain(line)
    await journal.close()
  }
})

test('an end stays as long as any start that stands before it: else a call that ended would look interrupted', async () => {
  const segmentBytes = 200
  const journal = openJournal({ segmentBytes })
  const body = [Buffer.alloc(300)]
  const long = await append(journal, { kind: FRAME.start, id: id(1), header: '{}', body: [] })
  const short = await append(journal, { kind: FRAME.start, id: id(2), header: '{}', body })
  expect(short.segment).toBe(long.segment)
  await append(journal, { kind: FRAME.end, id: id(2), ref: short, header: '{}', body })
  await append(journal, { kind: FRAME.ingest, id: id(3), header: '{}', body })
  journal.release(journal.end)
  const again = openJournal({ segmentBytes })
  expect(again.counters.interrupted).toBe(1)
})

test('what somebody still reads stays, though it has arrived', async () => {
  const journal = openJournal({ segmentBytes: 200 })
  const frame = { kind: FRAME.ingest, id: id(1), header: '{}', body: [Buffer.alloc(300)] }
  const positions = []
  for (let n = 0; n < 5; n++) positions.push(await append(journal, frame))
  journal.keepFrom(positions[2])
  journal.release(journal.end)
  expect(listSegments(folder)[0]).toBe(positions[2]?.segment)
  journal.keepFrom(undefined)
  expect(listSegments(folder)).toEqual([journal.end.segment])
})
