import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import { lineAt, linesOf } from '../data/lines.ts'
import { decodeFrame, type JudgeFrame, type TaskFrame } from './frames.ts'

/**
 * `on`: answers of earlier runs are used, and new ones kept for later. `read`: used, and new ones not kept. `write`: kept, and none used.
 * `only`: nobody is called; what is not there is an error. `off`: neither.
 */
export type CacheMode = 'on' | 'read' | 'write' | 'only' | 'off'
export const CACHE_MODES: readonly CacheMode[] = ['on', 'read', 'write', 'only', 'off']

/**
 * The key of an answer: SHA-256 of the canonical JSON (members sorted) of
 * `{ v: 1, kind, task, request, repeat, epoch }`, where `kind` is `task` or `judge`, `task` says who is asked (provider, address, model),
 * `request` is the request as it is sent, and `repeat` the number of the repeat from 0, so that repeats are answers of their own.
 */
export const cacheKey = (asked: { kind: 'task' | 'judge'; task: unknown; request: unknown; repeat: number; epoch: string }): string =>
  createHash('sha256')
    .update(canonicalJson({ v: 1, ...asked }))
    .digest('hex')

const HEAD = { task: '{"kind":"task","key":"', judge: '{"kind":"judge","key":"' }
const KEY = 64
/** Of the newest files. Each costs about 150 bytes of memory. */
const MOST = 300_000

type Place = { file: number; offset: number }

/**
 * Answers of earlier runs, found in their journals: a journal has every answer anyway, so nothing is written twice. In memory are the keys
 * and where the answers stand.
 */
export class AnswerCache {
  readonly mode: CacheMode
  readonly #files: number[] = []
  readonly #places = new Map<string, Place>()
  hits = 0

  /** `except` is the journal of this run, whose answers the run itself knows. */
  constructor(folder: string, { mode, except }: { mode: CacheMode; except: string }) {
    this.mode = mode
    if (this.#reads) this.#index(folder, except)
  }

  get #reads(): boolean {
    return this.mode === 'on' || this.mode === 'read' || this.mode === 'only'
  }

  /** False where keys are not worth working out. */
  get inUse(): boolean {
    return this.mode !== 'off'
  }

  get keeps(): boolean {
    return this.mode === 'on' || this.mode === 'write'
  }

  find(key: string): TaskFrame | JudgeFrame | undefined {
    const place = this.#places.get(key.slice(0, 32))
    if (!place) return undefined
    const frame = decodeFrame<TaskFrame | JudgeFrame>(lineAt(this.#files[place.file] ?? -1, place.offset))
    if (frame?.key !== key) return undefined
    this.hits++
    return frame
  }

  close(): void {
    for (const fd of this.#files) closeSync(fd)
  }

  #index(folder: string, except: string): void {
    for (const path of journalsIn(folder)) {
      if (path === except || this.#places.size >= MOST) continue
      const fd = openSync(path, 'r')
      const file = this.#files.push(fd) - 1
      for (const { bytes, offset, ended } of linesOf(fd)) {
        const head = bytes.toString('latin1', 0, HEAD.judge.length + KEY)
        const start = head.startsWith(HEAD.task) ? HEAD.task.length : head.startsWith(HEAD.judge) ? HEAD.judge.length : -1
        // What failed is asked again.
        if (start === -1 || !ended || (start === HEAD.task.length && !bytes.includes('"ok":true'))) continue
        const key = head.slice(start, start + 32)
        if (!this.#places.has(key)) this.#places.set(key, { file, offset })
      }
    }
  }
}

/** Newest first. */
function journalsIn(folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .filter((name) => name.endsWith('.rows.jsonl'))
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .sort((one, other) => other.at - one.at)
    .map(({ path }) => path)
}
