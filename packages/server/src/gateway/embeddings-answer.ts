import type { ServerResponse } from 'node:http'
import { AppError, noUsage, type Usage, type UsageSource } from '@signalbox/schema'
import { estimateTokens } from '../pricing/estimate-tokens.ts'
import { normaliseUsage } from '../pricing/normalise-usage.ts'
import type { Answer } from './answer.ts'
import type { Delivery } from './delivery.ts'
import type { TranslatedEmbeddings } from './embeddings-translation.ts'
import { errorTypeOf } from './error-types.ts'
import { failureOf } from './failure.ts'
import { type Refusal, refusalOf } from './provider-refusal.ts'
import type { AnswerHeaders, Embedded } from './wire/embeddings/embedding-call.ts'
import { encodeEmbeddings } from './wire/embeddings/encode-answer.ts'

export type EmbeddingsOptions = { delivery: Delivery; response: ServerResponse; embeddings: TranslatedEmbeddings; model: string }

type Counted = { usage: Usage; usageSource: UsageSource; rawUsage: unknown }

/**
 * The way of vectors whose provider speaks another dialect than OpenAI's. Always whole. Where the provider counts no tokens, ours
 * are in the answer, and its header `x-signalbox-estimated: true` says so.
 */
export class EmbeddingsAnswer implements Answer {
  readonly #options: EmbeddingsOptions
  readonly #delivery: Delivery
  readonly #chunks: Buffer[] = []
  #failed = false
  #status = 0
  #upstream: AnswerHeaders = {}

  constructor(options: EmbeddingsOptions) {
    this.#options = options
    this.#delivery = options.delivery
  }

  head(status: number, headers: AnswerHeaders): void {
    this.#status = status
    this.#upstream = headers
  }

  data(chunk: Buffer): void {
    if (!this.#isOver) this.#chunks.push(chunk)
  }

  end(): void {
    if (this.#isOver) return
    const { call, codec } = this.#options.embeddings
    const bytes = Buffer.concat(this.#chunks)
    if (this.#status >= 300)
      return this.#fail(...refusalOf({ status: this.#status, headers: this.#upstream, bytes, decodeError: codec.decodeError }))
    const body = parse(bytes)
    const answer = codec.decode(body, this.#upstream)
    if (answer?.vectors.length === call.texts.length) {
      void this.#finish(answer).catch((cause: unknown) =>
        this.fail(new AppError('internal', 'The answer could not be written.', { cause })),
      )
      return
    }
    const what = body === undefined ? 'something that is not JSON' : 'something that is not one vector for each text'
    const error = new AppError('provider-failed', `The provider answered with ${what}.`)
    this.#fail(error, { errorType: 'invalid_response', class: 'garbage', status: this.#status })
  }

  fail(error: AppError): void {
    this.#fail(error, { errorType: errorTypeOf(error), class: failureOf(error), status: this.#status })
  }

  /** Nothing is known of vectors before they are whole. */
  known() {
    return {}
  }

  get #isOver(): boolean {
    return this.#failed || this.#delivery.isOver
  }

  /** Does nothing where the answer is over. */
  #fail(error: AppError, { errorType, ...what }: Refusal): void {
    if (this.#isOver) return
    this.#failed = true
    // Nothing of it has left before it is whole.
    const deliver = () => this.#delivery.fail(error, { errorType, inStream: () => undefined })
    this.#delivery.failed({ ...what, message: error.message, deliver })
  }

  async #finish(answer: Embedded): Promise<void> {
    const { embeddings, model, response } = this.#options
    const delivery = this.#delivery
    const counted = await this.#count(answer)
    if (this.#isOver) return
    const { encoding } = embeddings.call
    const said = encodeEmbeddings(answer.vectors, { encoding, model, tokens: counted.usage.input })
    const bytes = Buffer.from(JSON.stringify(said))
    delivery.bytes = bytes.length
    delivery.keepForRecord(bytes)
    const headers = this.#headers()
    delivery.finish({ status: 'ok', errorType: '', message: '', httpStatus: this.#status, model, ...counted }, ({ cost }) => {
      if (counted.usageSource === 'estimated' && !response.headersSent) response.setHeader('x-signalbox-estimated', 'true')
      delivery.sendWhole(bytes, { status: 200, headers, cost })
    })
  }

  async #count({ usage: told }: Embedded): Promise<Counted> {
    const usage = told && normaliseUsage(told.raw, told.convention)?.usage
    if (usage) return { usage, usageSource: 'provider', rawUsage: told.raw }
    const { model, embeddings } = this.#options
    const input = await estimateTokens(embeddings.call.texts.join('\n'), model)
    return { usage: { ...noUsage(), input }, usageSource: 'estimated', rawUsage: undefined }
  }

  /** The provider's own headers, without what says how its body was written. */
  #headers(): AnswerHeaders {
    const kept = Object.entries(this.#upstream).filter(([name]) => !name.startsWith('content-'))
    return { 'content-type': 'application/json', ...Object.fromEntries(kept) }
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
