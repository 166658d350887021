import type { AppError, FailureClass, Usage, UsageSource } from '@signalbox/schema'
import { classOf } from './provider-error-class.ts'
import { retryAfterOf } from './retry-after.ts'

/** A try that failed before anything of it reached the client, so that another one can take its place. */
export type Failure = {
  class: FailureClass
  /** Of HTTP; 0 where there was no answer. */
  status: number
  message: string
  /** The provider says that the same request will fail again. */
  isLasting?: boolean
  /** How long the provider asks to be left alone. */
  retryAfterMs?: number
  /** Nothing may follow: the time of the call is over. */
  isFinal?: boolean
  /** What the try used all the same, where the provider said so, and nano-USD of it. */
  usage?: Usage
  usageSource?: UsageSource
  cost?: number | null
  /** As `AttemptRecord` has it: bytes of an answer whose provider told no usage. */
  cameBytes?: number
  /** Gives the failure to the client, as the answer to its call. */
  deliver(): void
}

const OF_OURS: Partial<Record<AppError['code'], FailureClass>> = {
  'provider-timeout': 'timeout',
  'provider-auth': 'auth',
  'provider-not-configured': 'unsupported',
  'invalid-request': 'unsupported',
}
/** What an error of our own says of a try. */
export const failureOf = (error: AppError): FailureClass => OF_OURS[error.code] ?? 'transport'

/** What a refusal says of further tries: when, and (`x-should-retry: false` of OpenAI and Anthropic) whether at all. */
export function waitsOf({ headers, body }: { headers: Headers; body: Buffer }): Pick<Failure, 'retryAfterMs' | 'isLasting'> {
  const retryAfterMs = retryAfterOf({ headers, body })
  return { ...(retryAfterMs !== undefined && { retryAfterMs }), ...(headers['x-should-retry'] === 'false' && { isLasting: true }) }
}
type Headers = Record<string, string | string[] | undefined>

/** What the body of a refusal says of it, in whatever dialect it is. */
export function classOfRefusal({ status, message, body }: { status: number; message: string; body?: Buffer }): FailureClass {
  const { code, type } = body ? namesIn(body) : {}
  return classOf({ status, message, code, type })
}

function namesIn(body: Buffer): { code?: string; type?: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    return {}
  }
  const error = (parsed as { error?: unknown } | null)?.error ?? parsed
  if (typeof error !== 'object' || error === null) return {}
  const { code, type, status } = error as Record<string, unknown>
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  const found = { code: text(code) ?? text(status), type: text(type) }
  return { ...(found.code && { code: found.code }), ...(found.type && { type: found.type }) }
}
