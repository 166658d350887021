import { closeSync, fdatasync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const SYNC_MS = 50

/**
 * Lines at the end of a file. A line is written in the turn in which it comes, so that it survives `kill -9`, and synced within 100 ms, in
 * groups, so that it survives the loss of power. A failure (a full disk) is thrown by the next `append`: nothing is lost quietly.
 */
export class AppendFile {
  readonly fd: number
  /** Where the next line will stand, and how far the file is written. */
  #end: number
  #written: number
  #pending: string[] = []
  #scheduled = false
  #timer: NodeJS.Timeout | undefined
  #syncing: Promise<void> | undefined
  #dirty = false
  #error: unknown

  /** `size` is where whole lines end: what a crash left behind it is cut off. */
  constructor(path: string, size: number) {
    this.fd = openSync(path, size === 0 ? 'w+' : 'r+', 0o600)
    ftruncateSync(this.fd, size)
    this.#end = size
    this.#written = size
    if (size === 0) syncFolder(dirname(path))
  }

  /** Where the line will stand. */
  append(line: string): number {
    if (this.#error !== undefined) throw this.#error
    const offset = this.#end
    this.#end += Buffer.byteLength(line)
    this.#pending.push(line)
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => this.#writeQuietly())
    }
    return offset
  }

  /** What is not written yet is, so that it can be read. */
  write(): void {
    this.#write()
    if (this.#error !== undefined) throw this.#error
  }

  /** Everything so far is written and synced. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#syncing
    try {
      this.write()
      fdatasyncSync(this.fd)
    } finally {
      clearTimeout(this.#timer)
      closeSync(this.fd)
    }
  }

  #writeQuietly(): void {
    try {
      this.#write()
    } catch (error) {
      this.#error ??= error
    }
  }

  #write(): void {
    this.#scheduled = false
    if (this.#pending.length === 0) return
    const bytes = Buffer.from(this.#pending.join(''))
    this.#pending = []
    for (let at = 0; at < bytes.length; ) {
      const count = writeSync(this.fd, bytes, at, bytes.length - at, this.#written)
      at += count
      this.#written += count
    }
    this.#dirty = true
    this.#timer ??= setTimeout(() => this.#sync(), SYNC_MS)
  }

  #sync(): void {
    this.#timer = undefined
    if (!this.#dirty || this.#syncing) return
    this.#dirty = false
    this.#syncing = new Promise((done) => {
      fdatasync(this.fd, (error) => {
        this.#syncing = undefined
        if (error) this.#error ??= error
        if (this.#dirty) this.#timer ??= setTimeout(() => this.#sync(), SYNC_MS)
        done()
      })
    })
  }
}

/** A new file is there after a crash only when its folder is synced too. */
function syncFolder(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
