import type { AppError } from '@signalbox/schema'

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
}

/** OpenAI's code for what a provider meant, whatever its dialect called it: clients look at these to shorten what they sent. */
const CODES = new Map<unknown, string>([
  ['context-length', 'context_length_exceeded'],
  ['content-policy', 'content_filter'],
  ['quota', 'insufficient_quota'],
])

/** A limit of ours, by what it counts. Where money or a period is spent, no other try helps: OpenAI has one word for that. */
function limitNames({ code, data }: AppError): { type: string; code: string } | undefined {
  if (code === 'budget-exceeded') return { type: 'insufficient_quota', code: 'insufficient_quota' }
  const { measure } = (data.budget ?? {}) as { measure?: string }
  if (measure === undefined) return undefined
  return { type: measure === 'tokens' ? 'tokens' : 'requests', code: 'rate_limit_exceeded' }
}

/** An error in OpenAI's shape: `{ error: { message, type, param, code } }`. */
export function openaiError(error: AppError): {
  error: { message: string; type: string; param: string | null; code: string; hint: string }
} {
  const limit = limitNames(error)
  const type = limit?.type ?? TYPES[error.status] ?? (error.status >= 500 ? 'server_error' : 'invalid_request_error')
  const param = typeof error.data.param === 'string' ? error.data.param : null
  const code = limit?.code ?? CODES.get(error.data.providerClass) ?? error.code.replaceAll('-', '_')
  return { error: { message: error.message, type, param, code, hint: error.hint } }
}

/** The same with its status: a budget that is spent is a 429 here. */
export const encodeOpenaiError = (error: AppError): { status: number; body: ReturnType<typeof openaiError> } => ({
  status: error.code === 'budget-exceeded' ? 429 : error.status,
  body: openaiError(error),
})
