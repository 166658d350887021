import type { ServerResponse } from 'node:http'
import type { Snapshot } from '@signalbox/schema'
import { oncePer } from '../lib/once-per.ts'
import { linesOf, partsOf } from './snapshot-parts.ts'

const HEARTBEAT_MS = 5000
/** A follower that takes nothing is let go; it comes back and gets the whole. */
const MAX_WAITING_BYTES = 64 << 20

/** Makes a snapshot when something changed and pushes what changed of it to every edge that follows. */
export class SnapshotHub {
  readonly #build: (version: number) => Promise<Snapshot>
  readonly #followers = new Set<ServerResponse>()
  #version = 0
  /** By name, as it is sent. */
  #parts = new Map<string, string>()
  /** What an object was sent as: there may be thousands of prompts, of which one is another one now. */
  readonly #jsonOf = oncePer((value: object) => JSON.stringify(value))
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  readonly #heartbeat: NodeJS.Timeout

  constructor(build: (version: number) => Promise<Snapshot>) {
    this.#build = build
    this.#heartbeat = setInterval(() => this.#send(['{"heartbeat":true}']), HEARTBEAT_MS)
  }

  /** Of what edges were given last. */
  get version(): number {
    return this.#version
  }

  /** Resolves when what is new is on its way to every edge. Changes that come meanwhile go together into the next snapshot. */
  changed(): Promise<void> {
    if (!this.#running) return this.#run()
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        return this.#run()
      })
    return this.#next
  }

  follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    this.#followers.add(response)
    response.on('close', () => this.#followers.delete(response))
    if (this.#version > 0) for (const line of linesOf({ version: this.#version, full: true, set: this.#parts })) response.write(`${line}\n`)
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const follower of this.#followers) follower.end()
  }

  #run(): Promise<void> {
    const running = this.#renew().finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }

  async #renew(): Promise<void> {
    const version = Math.max(this.#version + 1, Date.now())
    const parts = new Map<string, string>()
    const set: [string, string][] = []
    for (const [name, value] of partsOf(await this.#build(version))) {
      // Prompts stay the same objects until something of them changes; everything else is put together anew each time.
      const json = name.startsWith('prompt:') ? this.#jsonOf(value) : JSON.stringify(value)
      parts.set(name, json)
      if (this.#parts.get(name) !== json) set.push([name, json])
    }
    const drop = [...this.#parts.keys()].filter((name) => !parts.has(name))
    if (set.length === 0 && drop.length === 0) return
    this.#parts = parts
    this.#version = version
    this.#send([...linesOf({ version, full: false, set, drop })])
  }

  #send(lines: readonly string[]): void {
    const text = `${lines.join('\n')}\n`
    for (const follower of this.#followers) {
      if (follower.writableLength > MAX_WAITING_BYTES) follower.destroy()
      else follower.write(text)
    }
  }
}
