import type { CallStart, RunningReport } from '@signalbox/schema'

export type RunningCallsRooms = {
  edgeId(): string
  /** Resolves to whether the core still knows what it was told before. */
  tell(report: RunningReport): Promise<boolean>
  now(): number
}

/** A call that has run for so long is worth telling of: most that are shorter end before anybody could look. */
const AFTER_MS = 300
const EVERY_MS = 300
/** The core forgets an edge that says nothing for some time. */
const AGAIN_MS = 3000
/** More than anybody watches; how many others there are is told. */
const MOST_TOLD = 1000

/**
 * Tells the core which calls are under way, so that pages show them before they end. Nothing of it is stored or counted: the journal alone
 * makes a span of a call. A call costs a place in a map; whoever is still there at the next look is told of, all of them in one request.
 */
export class RunningCalls {
  readonly #rooms: RunningCallsRooms
  /** In the order of their beginnings. */
  readonly #open = new Map<string, CallStart>()
  readonly #told = new Set<string>()
  #others = '{}'
  #fresh = true
  #telling = false
  #toldAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(rooms: RunningCallsRooms) {
    this.#rooms = rooms
  }

  begins(call: CallStart): void {
    this.#open.set(call.spanId, call)
  }

  ends({ spanId }: CallStart): void {
    this.#open.delete(spanId)
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Tells what has changed, and from time to time that what was told is still so. */
  async look(): Promise<void> {
    if (this.#telling || (this.#open.size === 0 && this.#told.size === 0)) return
    const now = this.#rooms.now()
    const before = (now - AFTER_MS) * 1000
    const ended = [...this.#told].filter((id) => !this.#open.has(id))
    for (const id of ended) this.#told.delete(id)
    const began: CallStart[] = []
    const others: Record<string, number> = {}
    for (const call of this.#open.values()) {
      if (call.startedAt > before) break
      if (this.#told.has(call.spanId)) continue
      if (this.#told.size >= MOST_TOLD) others[call.projectId] = (others[call.projectId] ?? 0) + 1
      else {
        this.#told.add(call.spanId)
        began.push(withoutVariables(call))
      }
    }
    const more = JSON.stringify(others)
    const changed = began.length > 0 || ended.length > 0 || more !== this.#others
    if (!changed && (this.#told.size === 0 || now - this.#toldAt < AGAIN_MS)) return
    this.#telling = true
    try {
      const known = await this.#rooms.tell({ edgeId: this.#rooms.edgeId(), all: this.#fresh, began, ended, others })
      this.#fresh = !known
      this.#others = more
      this.#toldAt = now
    } catch {
      // A core that is down knows nothing when it is back.
      this.#fresh = true
    } finally {
      if (this.#fresh) this.#told.clear()
      this.#telling = false
    }
  }
}

/** What a prompt was filled with is content, and may be long; it comes with the end. */
function withoutVariables({ prompt, ...call }: CallStart): CallStart {
  if (!prompt) return call
  const { variables: _, shapes: __, ...named } = prompt
  return { ...call, prompt: named }
}
