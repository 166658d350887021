import { inputTokens, noUsage, outputTokens, type Usage } from '@signalbox/schema'

/** Before anything is known of how long the answers of a key and a model are. */
const FIRST_GUESS = 1024
/** Set aside where a request names no maximum and the model's own is not known. */
const UNKNOWN_OUTPUT = 16_384
/** Keys and models come from clients: their number is not ours to choose. */
const MOST_KNOWN = 10_000
/** Of requests that are larger, the rest is taken as plain text or as media, whose tokens are far fewer than their bytes. */
const DENSE_TOKENS = 16_384
/** How much one answer moves what is typical. */
const WEIGHT = 1 / 16

/** The longest answer of model families, in tokens, as their vendors say; a request without a maximum can use that much. First match counts. */
const OUTPUT_LIMITS: readonly [RegExp, number][] = [
  [/(^|\/)gpt-5/, 128_000],
  [/(^|\/)(o1|o3|o4)(-|$)/, 100_000],
  [/(^|\/)gpt-4\.1/, 32_768],
  [/(^|\/)gpt-4o/, 16_384],
  [/(^|\/)gpt-4-(turbo|1106|0125)|(^|\/)gpt-3\.5/, 4096],
  [/(^|\/)gpt-4(-|$)/, 8192],
  [/(^|\/)gemini-(1\.5|2\.0)/, 8192],
  [/(^|\/)gemini-/, 65_536],
  [/(^|\/)claude-3-(haiku|opus|sonnet)/, 4096],
  [/(^|\/)claude-3-5/, 8192],
  [/(^|\/)claude-opus-4/, 32_000],
  [/(^|\/)claude-/, 64_000],
]
const limits = new Map<string, number | undefined>()

/** The longest answer of a model in tokens; undefined where it is not known. */
export function outputLimit(model: string): number | undefined {
  if (limits.has(model)) return limits.get(model)
  if (limits.size >= MOST_KNOWN) limits.clear()
  const limit = OUTPUT_LIMITS.find(([name]) => name.test(model))?.[1]
  limits.set(model, limit)
  return limit
}

type Typical = { mean: number; deviation: number; longest: number }

/** How long answers are, learned per key and model. */
export class TypicalOutputs {
  readonly #known = new Map<string, Map<string, Typical>>()
  #count = 0

  /** Hardly any answer is longer: the mean and twice the deviation. */
  typical(keyId: string, model: string): number {
    const known = this.#known.get(keyId)?.get(model)
    return known ? Math.ceil(known.mean + 2 * known.deviation) : FIRST_GUESS
  }

  /** Twice the longest answer so far, and never less than is usual for a limit. */
  longest(keyId: string, model: string): number {
    return Math.max(UNKNOWN_OUTPUT, 2 * (this.#known.get(keyId)?.get(model)?.longest ?? 0))
  }

  learn(keyId: string, model: string, tokens: number): void {
    let models = this.#known.get(keyId)
    if (!models) {
      models = new Map()
      this.#known.set(keyId, models)
    }
    const known = models.get(model)
    if (known) {
      known.deviation += (Math.abs(tokens - known.mean) - known.deviation) * WEIGHT
      known.mean += (tokens - known.mean) * WEIGHT
      known.longest = Math.max(known.longest, tokens)
      return
    }
    if (++this.#count > MOST_KNOWN) {
      this.#known.clear()
      models = new Map()
      this.#known.set(keyId, models)
      this.#count = 1
    }
    models.set(model, { mean: tokens, deviation: tokens / 2, longest: tokens })
  }
}

export type Estimating = {
  keyId: string
  model: string
  inputTokens: number
  maxOutputTokens: number | undefined
  /** Where the call may go. */
  targets?: readonly { model: string }[] | undefined
  price(usage: Usage): number | null
}

/** What a call may use: what is likely, and the most. Each is worked out when it is asked for. */
export class Estimate {
  readonly #call: Estimating
  readonly #typicals: TypicalOutputs
  #typicalOutput = -1
  #mostOutput = -1
  #mostCost = -1

  constructor(call: Estimating, typicals: TypicalOutputs) {
    this.#call = call
    this.#typicals = typicals
  }

  get input(): number {
    return this.#call.inputTokens
  }

  /** Every text in every language that people write is below: two bytes of the request for each token. */
  get mostInput(): number {
    const { inputTokens: typical } = this.#call
    return typical <= DENSE_TOKENS ? typical * 2 : typical + DENSE_TOKENS
  }

  get isMaximumKnown(): boolean {
    return this.#call.maxOutputTokens !== undefined
  }

  get typicalOutput(): number {
    if (this.#typicalOutput === -1) {
      const { keyId, model } = this.#call
      this.#typicalOutput = Math.min(this.#typicals.typical(keyId, model), this.mostOutput)
    }
    return this.#typicalOutput
  }

  /** By the request, else by the longest answer of any target. */
  get mostOutput(): number {
    if (this.#mostOutput === -1) this.#mostOutput = this.#call.maxOutputTokens ?? this.#unlimited()
    return this.#mostOutput
  }

  get typicalTokens(): number {
    return this.input + this.typicalOutput
  }

  get mostTokens(): number {
    return this.mostInput + this.mostOutput
  }

  /** Nano-USD; 0 where no price is known. */
  get typicalCost(): number {
    return this.#call.price({ ...noUsage(), input: this.input, output: this.typicalOutput }) ?? 0
  }

  /** Nano-USD, with all input at the dearer of the plain price and that of writing a prompt cache. */
  get mostCost(): number {
    if (this.#mostCost === -1) {
      const output = this.mostOutput
      const plain = this.#call.price({ ...noUsage(), input: this.mostInput, output }) ?? 0
      const written = this.#call.price({ ...noUsage(), cacheWrite1h: this.mostInput, output }) ?? 0
      this.#mostCost = Math.max(plain, written)
    }
    return this.#mostCost
  }

  #unlimited(): number {
    const { keyId, model, targets = [] } = this.#call
    let most = 0
    for (const target of targets) {
      const limit = outputLimit(target.model)
      if (limit === undefined) return this.#typicals.longest(keyId, model)
      most = Math.max(most, limit)
    }
    return most || this.#typicals.longest(keyId, model)
  }
}

export type Used = { tokens: number; cost: number; isUnpriced: boolean }
/** What a record says of a call's use: the end of one, or that of a failed try. */
type Told = {
  status: string
  usage: Usage
  usageSource: string
  cost: number | null
  attempts: readonly FailedTry[]
  responseBytes: number
  sse: boolean
  firstTokenMs: number | null
  cache?: { status: string }
}

/** What it used, or how much of an answer came where nobody told. */
type FailedTry = { usage?: Usage | undefined; cost?: number | null | undefined; cameBytes?: number | undefined }

type Known = {
  inputTokens: number
  maxOutputTokens?: number | undefined
  price(usage: Usage): number | null
  /** Set aside when it began. */
  reserved?: Used | undefined
}

/** Of JSON with English in it; what is set aside is corrected when a call is over. */
const BYTES_PER_TOKEN = 4
/** Tokens of a request by its length: where text goes in. Files, images and sound are not counted in tokens. */
export const inputTokensOf = ({ isText, bytes }: { isText: boolean; bytes: number }): number =>
  isText ? Math.ceil(bytes / BYTES_PER_TOKEN) : 0
/** Around each piece of a stream there is much that is no text. */
const STREAM_BYTES_PER_TOKEN = 12

/**
 * What a call used, with its failed tries. Where nobody told, an answer that began is the input as estimated and its own bytes, four
 * to a token (twelve of a stream).
 * A call whose process died used what was set aside for it.
 */
export function usedBy(end: Told, { inputTokens: input, maxOutputTokens = Number.POSITIVE_INFINITY, price, reserved }: Known): Used {
  if (end.cache && end.cache.status !== 'miss') return { tokens: 0, cost: 0, isUnpriced: false }
  if (end.status === 'interrupted' && reserved) return reserved
  const used: Used = { tokens: 0, cost: 0, isUnpriced: false }
  const guess = (bytes: number, bytesPerToken: number): void => {
    const output = Math.min(Math.ceil(bytes / bytesPerToken), maxOutputTokens)
    add(used, input + output, price({ ...noUsage(), input, output }))
  }
  // The last try's own use is that of the end, but for a call that ended between two tries: what that one used costs it nothing more.
  const own = end.usageSource === 'none' && end.cost === null ? end.attempts.at(-1) : undefined
  for (const attempt of end.attempts) {
    if (attempt.usage) add(used, tokensOf(attempt.usage), attempt.cost ?? null)
    else if (attempt.cameBytes !== undefined && attempt !== own) guess(attempt.cameBytes, BYTES_PER_TOKEN)
  }
  if (end.usageSource !== 'none') add(used, tokensOf(end.usage), end.cost)
  else if (end.cost !== null) used.cost += end.cost
  else if (end.status !== 'error' || end.firstTokenMs !== null || own?.cameBytes !== undefined)
    guess(own?.cameBytes ?? end.responseBytes, end.sse ? STREAM_BYTES_PER_TOKEN : BYTES_PER_TOKEN)
  return used
}

function add(used: Used, tokens: number, cost: number | null): void {
  used.tokens += tokens
  if (cost === null) used.isUnpriced ||= tokens > 0
  else used.cost += cost
}

const tokensOf = (usage: Usage): number => inputTokens(usage) + outputTokens(usage)
