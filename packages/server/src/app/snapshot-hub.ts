import type { ServerResponse } from 'node:http'
import type { Snapshot } from '@signalbox/schema'

const HEARTBEAT_MS = 5000

/** Makes a snapshot when something changed and pushes it to every edge that follows. */
export class SnapshotHub {
  readonly #build: (version: number) => Promise<Snapshot>
  readonly #followers = new Set<ServerResponse>()
  #version = Date.now()
  #current: string | undefined
  #building: Promise<void> = Promise.resolve()
  readonly #heartbeat: NodeJS.Timeout

  constructor(build: (version: number) => Promise<Snapshot>) {
    this.#build = build
    this.#heartbeat = setInterval(() => this.#send('{"heartbeat":true}'), HEARTBEAT_MS)
  }

  /** Resolves when the new snapshot is on its way to every edge. Changes that come meanwhile are in the next one. */
  changed(): Promise<void> {
    this.#building = this.#building
      .catch(() => {})
      .then(async () => {
        this.#version = Math.max(this.#version + 1, Date.now())
        this.#current = JSON.stringify(await this.#build(this.#version))
        this.#send(this.#current)
      })
    return this.#building
  }

  follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    if (this.#current) response.write(`${this.#current}\n`)
    this.#followers.add(response)
    response.on('close', () => this.#followers.delete(response))
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const follower of this.#followers) follower.end()
  }

  #send(line: string): void {
    for (const follower of this.#followers) follower.write(`${line}\n`)
  }
}
