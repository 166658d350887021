import type { AnswerStore } from './answer-store.ts'

/** A question whose answer is kept. */
export type KnownQuestion = {
  question: string
  /** Of the answer. */
  key: string
  span: string
  /** Milliseconds since 1970. */
  until: number
}
export type Vector = {
  values: Float32Array
  /** The model that made it: vectors of two models have nothing to do with each other. */
  model: string
}
export type Near = KnownQuestion & { similarity: number }

type Entry = KnownQuestion & { vector: Float32Array; model: string }
type Scope = { entries: Map<string, Entry>; loadedAt: number; loading: Promise<void> | undefined; bytes: number }

/** Of one scope. Then the oldest leave. */
const MOST_QUESTIONS = 1000
const MOST_BYTES = 64 << 20
/** How long questions that another process has added may be unknown here. */
const FRESH_MS = 10_000

/**
 * Questions of each scope with their vectors, in memory and, for the next start and for other processes, in the store: there
 * each scope is a ring of places, numbered by a counter.
 */
export class Questions {
  readonly #store: AnswerStore
  /** In the order of last use. */
  readonly #scopes = new Map<string, Scope>()
  #bytes = 0

  constructor(store: AnswerStore) {
    this.#store = store
  }

  /** Those that are at least so close, closest first. */
  async nearest(name: string, { values, model }: Vector, similarity: number): Promise<Near[]> {
    const scope = await this.#scope(name)
    const vector = normalised(values)
    const now = Date.now()
    const found: Near[] = []
    for (const [key, entry] of scope.entries) {
      if (entry.until <= now) this.#remove(scope, key)
      else if (entry.model === model && entry.vector.length === vector.length) {
        const cosine = dot(entry.vector, vector)
        if (cosine >= similarity) found.push({ ...entry, similarity: Math.min(1, cosine) })
      }
    }
    return found.sort((a, b) => b.similarity - a.similarity)
  }

  /** Returns at once. */
  add(name: string, known: KnownQuestion, { values, model }: Vector): void {
    const scope = this.#touch(name)
    const entry: Entry = { ...known, vector: normalised(values), model }
    this.#put(scope, entry)
    void this.#write(name, entry)
  }

  forget(name: string, key: string): void {
    const scope = this.#scopes.get(name)
    if (scope) this.#remove(scope, key)
  }

  async #scope(name: string): Promise<Scope> {
    const scope = this.#touch(name)
    const isOld = this.#store.isShared && Date.now() - scope.loadedAt > FRESH_MS
    if (scope.loadedAt === 0 || isOld) {
      scope.loading ??= this.#load(name, scope).finally(() => {
        scope.loading = undefined
      })
      // What is there is good enough while others' questions come.
      if (scope.loadedAt === 0) await scope.loading
    }
    return scope
  }

  #touch(name: string): Scope {
    const scope = this.#scopes.get(name) ?? { entries: new Map(), loadedAt: 0, loading: undefined, bytes: 0 }
    this.#scopes.delete(name)
    this.#scopes.set(name, scope)
    return scope
  }

  async #load(name: string, scope: Scope): Promise<void> {
    const count = Number((await this.#store.get(counterOf(name))) ?? 0)
    const places = Array.from({ length: Math.min(count, MOST_QUESTIONS) }, (_, place) => placeOf(name, place))
    const texts = places.length === 0 ? [] : await this.#store.many(places)
    for (const text of texts) {
      const entry = text === undefined ? undefined : decode(text)
      if (entry && entry.until > Date.now() && !scope.entries.has(entry.key)) this.#put(scope, entry)
    }
    scope.loadedAt = Date.now()
  }

  async #write(name: string, entry: Entry): Promise<void> {
    const seconds = Math.max(1, Math.ceil((entry.until - Date.now()) / 1000))
    const number = await this.#store.next(counterOf(name), YEAR_SECONDS)
    if (number !== undefined) this.#store.set(placeOf(name, (number - 1) % MOST_QUESTIONS), encode(entry), seconds)
  }

  #put(scope: Scope, entry: Entry): void {
    this.#remove(scope, entry.key)
    scope.entries.set(entry.key, entry)
    const bytes = sizeOf(entry)
    scope.bytes += bytes
    this.#bytes += bytes
    for (const oldest of scope.entries.keys()) {
      if (scope.entries.size <= MOST_QUESTIONS) break
      this.#remove(scope, oldest)
    }
    for (const [name, other] of this.#scopes) {
      if (this.#bytes <= MOST_BYTES || other === scope) break
      this.#scopes.delete(name)
      this.#bytes -= other.bytes
    }
  }

  #remove(scope: Scope, key: string): void {
    const entry = scope.entries.get(key)
    if (!entry) return
    scope.entries.delete(key)
    scope.bytes -= sizeOf(entry)
    this.#bytes -= sizeOf(entry)
  }
}

const YEAR_SECONDS = 31_536_000
const counterOf = (scope: string): string => `q:${scope}`
const placeOf = (scope: string, place: number): string => `q:${scope}:${place}`
const sizeOf = ({ vector, question }: Entry): number => vector.byteLength + 2 * question.length + 300

const encode = ({ vector, ...rest }: Entry): string =>
  JSON.stringify({ v: 1, ...rest, vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64') })

function decode(text: string): Entry | undefined {
  try {
    const { v, vector, ...rest } = JSON.parse(text) as Omit<Entry, 'vector'> & { v: number; vector: string }
    if (v !== 1) return undefined
    const bytes = Uint8Array.from(Buffer.from(vector, 'base64'))
    return { ...rest, vector: new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2) }
  } catch {
    return undefined
  }
}

function normalised(values: Float32Array): Float32Array {
  let sum = 0
  for (const value of values) sum += value * value
  const length = Math.sqrt(sum)
  return length === 0 ? values : values.map((value) => value / length)
}

/** Four sums at a time: one alone waits for itself, and takes three times as long. */
function dot(a: Float32Array, b: Float32Array): number {
  const whole = a.length & ~3
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  for (let at = 0; at < whole; at += 4) {
    s0 += (a[at] as number) * (b[at] as number)
    s1 += (a[at + 1] as number) * (b[at + 1] as number)
    s2 += (a[at + 2] as number) * (b[at + 2] as number)
    s3 += (a[at + 3] as number) * (b[at + 3] as number)
  }
  for (let at = whole; at < a.length; at++) s0 += (a[at] as number) * (b[at] as number)
  return s0 + s1 + s2 + s3
}
