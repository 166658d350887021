import { AppError, type ErrorCode } from '@signalbox/schema'
import type { AnswerError } from './wire/language.ts'

const CODES: Record<number, ErrorCode> = {
  404: 'not-found',
  408: 'provider-timeout',
  409: 'conflict',
  413: 'payload-too-large',
  429: 'rate-limited',
  503: 'unavailable',
  504: 'provider-timeout',
  529: 'unavailable',
}

/** What a provider answered in place of an answer, with its own status, to be said in the dialect of the client. */
export class ProviderRefusal extends AppError {
  readonly #status: number

  constructor(error: AnswerError, retryAfterSeconds?: number) {
    const status = error.status ?? 502
    super(CODES[status] ?? (status >= 500 ? 'provider-failed' : 'invalid-request'), error.message, {
      hint: 'This is what the provider said.',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      data: error.code === undefined ? {} : { providerCode: error.code },
    })
    this.#status = status
  }

  override get status(): number {
    return this.#status
  }
}
