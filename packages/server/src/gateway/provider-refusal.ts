import { AppError, type ErrorCode } from '@signalbox/schema'
import { statusErrorType } from './error-types.ts'
import { type Failure, waitsOf } from './failure.ts'
import { classOf, type ProviderErrorClass } from './provider-error-class.ts'
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
  /** What it means, in no vendor's words. */
  readonly class: ProviderErrorClass

  constructor(error: AnswerError, retryAfterSeconds?: number) {
    const status = error.status ?? 502
    const means = classOf(error)
    super(CODES[status] ?? (status >= 500 ? 'provider-failed' : 'invalid-request'), error.message, {
      hint: HINTS[means] ?? 'This is what the provider said.',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      data: { providerClass: means, ...(error.code !== undefined && { providerCode: error.code }) },
    })
    this.#status = status
    this.class = means
  }

  override get status(): number {
    return this.#status
  }
}

const HINTS: Partial<Record<ProviderErrorClass, string>> = {
  'context-length': 'Send less, or choose a model that reads more.',
  'content-policy': 'The rules of the provider forbid it. This is what it said.',
  quota: 'The account at the provider is used up. This is what it said.',
}

type Refused = {
  status: number
  headers: Record<string, string | string[] | undefined>
  bytes: Buffer
  decodeError(status: number, body: unknown): AnswerError
}

/** What is recorded of a refusal, and what can be done about it. */
export type Refusal = Pick<Failure, 'class' | 'status' | 'retryAfterMs' | 'isLasting'> & { errorType: string }

/** A response of a provider that is no success, as the error for the client and what the walk has to know of it. */
export function refusalOf({ status, headers, bytes, decodeError }: Refused): [error: AppError, refusal: Refusal] {
  const waits = waitsOf({ headers, body: bytes })
  const refusal = { errorType: statusErrorType(status), status, ...waits }
  // The caller's key is good; ours is not. The body may quote the key, so it stays here.
  if (status === 401 || status === 403)
    return [new AppError('provider-auth', `The provider refused the configured credentials (${status}).`), { ...refusal, class: 'auth' }]
  const text = bytes.toString('utf8')
  const said = decodeError(status, parse(text) ?? text.slice(0, 2000))
  // A redirect is nothing that a client could follow.
  const error = new ProviderRefusal({ ...said, status: status < 400 ? 502 : status }, secondsOf(waits.retryAfterMs))
  return [error, { ...refusal, class: error.class }]
}

const secondsOf = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.ceil(ms / 1000))

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
