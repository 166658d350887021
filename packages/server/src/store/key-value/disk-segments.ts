import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type EntryHead, HEAD_BYTES, headAndKeyBytes, readHead } from './disk-entry.ts'

/** A file of the log. They are numbered in the order of writing. */
export type Segment = { number: number; file: FileHandle; bytes: number /** When the last of its entries ends. */; endsAt: number }
/** An entry in a segment, with its place and all of its bytes. */
export type Scanned = EntryHead & { offset: number; length: number }

const NAME = /^(\d{10})\.kept$/
const CHUNK_BYTES = 1 << 20
const pathOf = (folder: string, number: number): string => join(folder, `${String(number).padStart(10, '0')}.kept`)

/** The segments of a folder, oldest first. What an earlier form of this folder had in it (folders of two hexadecimal digits) goes. */
export async function openSegments(folder: string): Promise<Segment[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const numbers: number[] = []
  for (const one of await readdir(folder, { withFileTypes: true })) {
    const digits = NAME.exec(one.name)?.[1]
    if (digits !== undefined) numbers.push(Number(digits))
    else if (one.isDirectory() && /^[0-9a-f]{2}$/.test(one.name)) await rm(join(folder, one.name), { recursive: true, force: true })
  }
  const segments: Segment[] = []
  for (const number of numbers.sort((a, b) => a - b)) {
    const file = await open(pathOf(folder, number), 'r+')
    segments.push({ number, file, bytes: (await file.stat()).size, endsAt: 0 })
  }
  return segments
}

export const createSegment = async (folder: string, number: number): Promise<Segment> => ({
  number,
  file: await open(pathOf(folder, number), 'w+', 0o600),
  bytes: 0,
  endsAt: 0,
})

/** What is read from it now is read to the end before it closes. */
export async function removeSegment(folder: string, { number, file }: Segment): Promise<void> {
  await file.close()
  await rm(pathOf(folder, number), { force: true })
}

/**
 * Tells of the entries of a segment in order, from their heads alone: what is in a value is checked when it is read. It ends where
 * something is damaged or cut, and says up to where it came.
 */
export async function scanSegment({ file, bytes }: Segment, tell: (entry: Scanned) => void): Promise<number> {
  let chunk: Buffer = Buffer.alloc(0)
  let chunkAt = 0
  let at = 0
  /** Whether so many bytes are there at `at`; reads on where they are not. */
  const has = async (length: number): Promise<boolean> => {
    if (at >= chunkAt && at + length <= chunkAt + chunk.length) return true
    if (at + length > bytes) return false
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(Math.max(length, CHUNK_BYTES)), 0, Math.max(length, CHUNK_BYTES), at)
    chunk = buffer.subarray(0, bytesRead)
    chunkAt = at
    return bytesRead >= length
  }
  while (at < bytes) {
    if (!(await has(HEAD_BYTES))) break
    const length = headAndKeyBytes(chunk, at - chunkAt)
    if (length === undefined || !(await has(length))) break
    const head = readHead(chunk, at - chunkAt)
    if (!head || at + length + head.valueBytes > bytes) break
    tell({ ...head, offset: at, length: length + head.valueBytes })
    at += length + head.valueBytes
  }
  return at
}
