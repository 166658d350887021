import { ServerResponse } from 'node:http'

/** A response that nobody reads: it takes everything at once and keeps nothing. */
export class ShadowResponse extends ServerResponse {
  #isClosed = false

  override write(): boolean {
    return true
  }

  override end(): this {
    this.#close()
    return this
  }

  /** As when a client hangs up. */
  override destroy(): this {
    this.#close()
    return this
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.destroyed = true
    this.emit('close')
  }
}
