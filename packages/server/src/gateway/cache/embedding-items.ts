import type { CacheRecord, CallEnd, CallStart } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { CachePlan } from './cache-plan.ts'
import { canonicalText } from './canonical-text.ts'
import type { Keeper } from './keeper.ts'
import type { KeptAnswer } from './kept-answer.ts'

/** Each text of a request for embeddings, with the key of its vector. */
export type Items = { inputs: readonly unknown[]; keys: readonly string[]; isList: boolean }

/** More of them are one request like any other. */
const MOST_ITEMS = 2048

/** Undefined where its vectors cannot be put together from several answers: other models have other vectors. */
export function itemsOf({ body, scope }: CachePlan, models: ReadonlySet<string>): Items | undefined {
  const { input, model: _, user: __, ...rest } = body
  if (models.size !== 1) return undefined
  const isList = Array.isArray(input) && !input.every((one) => typeof one === 'number')
  const inputs: unknown[] = isList ? (input as unknown[]) : [input]
  if (inputs.length > MOST_ITEMS || !inputs.every(isText)) return undefined
  const base = `${scope}\n${canonicalText(rest)}\n`
  return { inputs, isList, keys: inputs.map((one) => sha256(base + JSON.stringify(one))) }
}

/** A text, or the numbers of its tokens. */
const isText = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number'))

/** The answer to a request whose vectors are all there. */
export function answerOf(kept: readonly KeptAnswer[]): Buffer {
  const head = JSON.stringify(kept[0]?.model ?? '')
  const data = kept.map(({ body }, index) => `{"object":"embedding","index":${index},"embedding":${body.toString('latin1')}}`)
  return Buffer.from(`{"object":"list","data":[${data.join()}],"model":${head},"usage":{"prompt_tokens":0,"total_tokens":0}}`)
}

/** What vectors had cost that are given again, of a number that is asked for. */
export function recordOfItems(kept: readonly KeptAnswer[], asked: number): CacheRecord {
  const [first] = kept
  const isAll = kept.length === asked
  const costs = kept.map(({ cost }) => cost)
  return {
    status: isAll ? 'hit' : 'miss',
    items: { hits: kept.length, misses: asked - kept.length },
    ...(first && {
      of: first.span,
      ofTrace: first.trace,
      savedCost: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    }),
    ...(isAll && { savedMs: Math.max(...kept.map(({ ms }) => ms)) }),
  }
}

type Options = {
  items: Items
  /** By the place of the text; undefined where it is asked for. */
  known: readonly (KeptAnswer | undefined)[]
  start: Pick<CallStart, 'spanId' | 'traceId'>
  done(made: readonly { key: string; kept: KeptAnswer }[], why: 'ok' | 'aborted' | 'failed'): void
}

/** Puts the vectors that were asked for between those that were known, and hands out the new ones, each with its part of the cost. */
export class ItemKeeper implements Keeper {
  readonly #options: Options
  readonly #startedAt = performance.now()
  #status = 0
  #type = ''
  #vectors: string[] | undefined

  constructor(options: Options) {
    this.#options = options
  }

  head(status: number, contentType: string): void {
    this.#status = status
    this.#type = contentType
  }

  piece(): void {}
  complete(): void {}

  whole(body: Buffer): Buffer | undefined {
    if (this.#status < 200 || this.#status >= 300) return body
    const { known } = this.#options
    const count = known.filter((one) => one === undefined).length
    const answer = parse(body)
    this.#vectors = answer && vectorsOf(answer, count)
    if (count === known.length) return body
    if (!answer || !this.#vectors) return undefined
    const asked = this.#vectors.values()
    const data = known.map((one, index) => {
      const vector = one ? one.body.toString('latin1') : asked.next().value
      return `{"object":"embedding","index":${index},"embedding":${vector}}`
    })
    const { data: _, ...rest } = answer
    const tail = JSON.stringify(rest).slice(1)
    return Buffer.from(`{"data":[${data.join()}]${tail === '}' ? tail : `,${tail}`}`)
  }

  ended(end: CallEnd): void {
    const { items, known, start, done } = this.#options
    const vectors = this.#vectors
    if (end.status !== 'ok' || !vectors) return done([], end.status === 'aborted' ? 'aborted' : end.status === 'ok' ? 'ok' : 'failed')
    const keys = items.keys.filter((_, place) => known[place] === undefined)
    // Whole nano-dollars, which add up to what the call had cost.
    const shares = keys.map((_, place) =>
      end.cost === null ? null : Math.floor((end.cost * (place + 1)) / keys.length) - Math.floor((end.cost * place) / keys.length),
    )
    const common = {
      form: 'whole' as const,
      type: this.#type,
      status: this.#status,
      pieces: [],
      provider: end.provider,
      target: end.attempts.at(-1)?.model ?? end.model,
      model: end.model,
      finishReason: '',
      usage: null,
      ms: Math.round(performance.now() - this.#startedAt),
      span: start.spanId,
      trace: start.traceId,
      at: Date.now(),
    }
    done(
      keys.map((key, place) => ({
        key,
        kept: { ...common, cost: shares[place] ?? null, body: Buffer.from(vectors[place] ?? '', 'latin1') },
      })),
      'ok',
    )
  }
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** As JSON, in the order in which they were asked for; undefined where it is not one for each. */
function vectorsOf({ data }: Record<string, unknown>, count: number): string[] | undefined {
  if (!Array.isArray(data) || data.length !== count) return undefined
  const vectors: string[] = []
  for (const [place, one] of (data as { index?: unknown; embedding?: unknown }[]).entries()) {
    const index = typeof one?.index === 'number' ? one.index : place
    if (!Array.isArray(one?.embedding) && typeof one?.embedding !== 'string') return undefined
    if (!Number.isInteger(index) || index < 0 || index >= count || vectors[index] !== undefined) return undefined
    vectors[index] = JSON.stringify(one.embedding)
  }
  return vectors
}
