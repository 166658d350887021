type Slab = { bytes: Buffer; used: number; entries: number }
type Entry = { slab: Slab; from: number; to: number; expiresAt: number; wasRead: boolean }
type Options = { maxEntries: number; maxBytes: number }

const SLAB_BYTES = 1 << 20
/** What a key, its entry and its place in the map cost beside the text. */
const OVERHEAD = 200

/**
 * Texts by key in large buffers, one behind the other. As strings they would be most of what the collector has to carry
 * about; here it sees none of them. The oldest leave first, except that one that was read since it was written goes back
 * to the end, once for each time that its turn comes.
 */
export class Slabs {
  readonly #maxEntries: number
  readonly #maxBytes: number
  readonly #slabBytes: number
  /** In the order of writing. */
  readonly #entries = new Map<string, Entry>()
  #current: Slab | undefined
  #spare: Slab | undefined
  /** Of what can be read, and of what is taken up by it. */
  #bytes = 0
  #allocated = 0

  constructor({ maxEntries, maxBytes }: Options) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
    this.#slabBytes = Math.min(SLAB_BYTES, Math.max(4096, Math.floor(maxBytes / 16)))
  }

  /** When the text ends, in milliseconds since 1970; undefined where there is none. */
  expiryOf(key: string): number | undefined {
    return this.#entries.get(key)?.expiresAt
  }

  get(key: string): string | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    entry.wasRead = true
    return entry.slab.bytes.toString('utf8', entry.from, entry.to)
  }

  /** What is larger than everything may be is not kept. */
  set(key: string, text: string, expiresAt: number): void {
    this.delete(key)
    const length = Buffer.byteLength(text)
    if (length + key.length + OVERHEAD > this.#maxBytes) return
    const { slab, from } = this.#room(length)
    slab.bytes.write(text, from)
    this.#entries.set(key, { slab, from, to: from + length, expiresAt, wasRead: false })
    this.#bytes += length + key.length + OVERHEAD
    this.#thin()
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#entries.delete(key)
    this.#bytes -= entry.to - entry.from + key.length + OVERHEAD
    this.#leave(entry.slab)
  }

  clear(): void {
    this.#entries.clear()
    this.#current = undefined
    this.#spare = undefined
    this.#bytes = 0
    this.#allocated = 0
  }

  #thin(): void {
    // What was overwritten still takes room until the last of its slab is gone: so much of it is borne, and no more.
    const most = this.#maxBytes + 2 * this.#slabBytes
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes && this.#entries.size <= this.#maxEntries && this.#allocated <= most) return
      if (entry.wasRead) this.#moveToEnd(key, entry)
      else this.delete(key)
    }
  }

  #moveToEnd(key: string, entry: Entry): void {
    const { slab, from, to } = entry
    const room = this.#room(to - from)
    slab.bytes.copy(room.slab.bytes, room.from, from, to)
    this.#entries.delete(key)
    this.#entries.set(key, { ...entry, slab: room.slab, from: room.from, to: room.from + to - from, wasRead: false })
    this.#leave(slab)
  }

  /** Room for so many bytes. */
  #room(length: number): { slab: Slab; from: number } {
    let slab = this.#current
    if (!slab || slab.used + length > slab.bytes.length) {
      const full = slab
      slab = length <= this.#slabBytes && this.#spare ? this.#spare : this.#allocate(Math.max(length, this.#slabBytes))
      if (slab === this.#spare) this.#spare = undefined
      this.#current = slab
      if (full && full.entries === 0) this.#free(full)
    }
    const from = slab.used
    slab.used += length
    slab.entries++
    return { slab, from }
  }

  #allocate(bytes: number): Slab {
    this.#allocated += bytes
    return { bytes: Buffer.allocUnsafeSlow(bytes), used: 0, entries: 0 }
  }

  #leave(slab: Slab): void {
    slab.entries--
    if (slab.entries === 0 && slab !== this.#current) this.#free(slab)
  }

  #free(slab: Slab): void {
    if (!this.#spare && slab.bytes.length === this.#slabBytes) {
      slab.used = 0
      this.#spare = slab
    } else this.#allocated -= slab.bytes.length
  }
}
