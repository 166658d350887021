/** Every error a caller can meet: its HTTP status, whether trying again may help, and what to do next. */
export const ERRORS = {
  'invalid-request': { status: 400, retryable: false, hint: 'Correct the request as the message says and send it again.' },
  'invalid-json': { status: 400, retryable: false, hint: 'Send a JSON body.' },
  'budget-exceeded': { status: 402, retryable: false, hint: 'Raise the budget that the message names, or wait for its next period.' },
  unauthenticated: { status: 401, retryable: false, hint: 'Send a secret key as `Authorization: Bearer sk-sb-…`, or log in.' },
  'key-expired': { status: 401, retryable: false, hint: 'Create a new key on the Keys page.' },
  'permission-denied': { status: 403, retryable: false, hint: 'Use a key or an account that has this permission.' },
  'csrf-failed': { status: 403, retryable: false, hint: 'Reload the page and try again.' },
  'not-found': { status: 404, retryable: false, hint: 'Check the name or the id.' },
  'model-not-found': { status: 404, retryable: false, hint: 'List what can be called with GET /v1/models.' },
  'method-not-allowed': { status: 405, retryable: false, hint: 'See /openapi.json for the methods of this path.' },
  conflict: { status: 409, retryable: false, hint: 'Choose another name, or change what exists.' },
  'payload-too-large': { status: 413, retryable: false, hint: 'Send less, or raise the limit in the settings.' },
  'unsupported-media-type': { status: 415, retryable: false, hint: 'Send one of the content types that the message names.' },
  'provider-not-configured': { status: 424, retryable: false, hint: 'Give the provider its key in signalbox.yaml or the environment.' },
  'rate-limited': { status: 429, retryable: true, hint: 'Wait for the time in Retry-After.' },
  'client-closed': { status: 499, retryable: false, hint: 'The client hung up before the answer was complete.' },
  internal: { status: 500, retryable: false, hint: 'This is a bug in Signalbox. Look for the request id in its log.' },
  'provider-failed': { status: 502, retryable: true, hint: 'Look at the trace for what the provider said.' },
  'provider-auth': { status: 502, retryable: false, hint: 'The provider refused the configured credentials. Check the provider key.' },
  unavailable: { status: 503, retryable: true, hint: 'Wait for the time in Retry-After and try again.' },
  'core-unavailable': { status: 503, retryable: true, hint: 'The core is starting or restarting. Calls go on meanwhile.' },
  'disk-full': { status: 503, retryable: true, hint: 'Free disk space in the data folder. Nothing that was acknowledged is lost.' },
  'provider-timeout': { status: 504, retryable: true, hint: 'Raise the timeout of the model, or choose a faster target.' },
} as const satisfies Record<string, { status: number; retryable: boolean; hint: string }>

export type ErrorCode = keyof typeof ERRORS
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]

type Options = {
  cause?: unknown
  hint?: string
  retryAfterSeconds?: number
  data?: Record<string, unknown>
  requestId?: string
  headers?: Record<string, string>
}
type ErrorBody = { error: { code: ErrorCode; message: string; hint: string; docs: string; requestId?: string } }

/** The one error of the program. Throw it where you know; it becomes a response in one place. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly hint: string
  readonly retryAfterSeconds: number | undefined
  readonly data: Record<string, unknown>
  /** Of an error that a server answered: what its log calls the request. */
  readonly requestId: string | undefined
  /** Of the response that it becomes: limits, and whether to try again. */
  readonly headers: Record<string, string> | undefined

  constructor(code: ErrorCode, message: string, options: Options = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = options.hint ?? ERRORS[code].hint
    this.retryAfterSeconds = options.retryAfterSeconds ?? (ERRORS[code].status === 503 ? 1 : undefined)
    this.data = options.data ?? {}
    this.requestId = options.requestId
    this.headers = options.headers
  }

  get status(): number {
    return ERRORS[this.code].status
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable
  }

  toJSON(): ErrorBody {
    return this.toBody(this.requestId)
  }

  /** What the API answers: the error, and the request that met it. */
  toBody(requestId: string | undefined): ErrorBody {
    const { code, message, hint, data } = this
    return { error: { code, message, hint, docs: `/docs/errors#${code}`, ...data, ...(requestId !== undefined && { requestId }) } }
  }
}
