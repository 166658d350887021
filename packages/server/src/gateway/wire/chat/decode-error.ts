import type { AnswerError } from '../language.ts'
import { isObject, textOr } from './check.ts'

const LONGEST = 2000

/** The message, status and code of a provider's error body; `status` is what HTTP said, 0 within a stream. */
export function decodeError(status: number, body: unknown): AnswerError {
  const error = errorOf(body)
  return { ...error, ...(status > 0 && { status }) }
}

/**
 * Reads `{ error: { message, type, param, code } }` and what compatible servers make of it: a plain string, `message` or
 * `detail` at the top (FastAPI) or within `message` (Mistral), a list around it (Gemini), a status as number in `code` (OpenRouter), a page of HTML.
 */
export function errorOf(body: unknown): AnswerError {
  const one = Array.isArray(body) ? body[0] : body
  const error = isObject(one) ? (one.error ?? one) : one
  if (!isObject(error)) return { message: textOr(error).trim().slice(0, LONGEST) || 'The provider failed without saying why.' }
  const { code, type, status, metadata, raw_status_code: rawStatus } = error
  const number = [rawStatus, status, code, isObject(one) ? one.status : undefined].map(statusOf).find((value) => value !== undefined)
  const word = [code, type, status].find((value) => typeof value === 'string' && value !== '' && statusOf(value) === undefined)
  const raw = isObject(metadata) && typeof metadata.raw === 'string' ? `: ${metadata.raw}` : ''
  const message =
    textOr(error.message) ||
    textOr(error.error) ||
    detailOf(error.detail) ||
    detailOf(isObject(error.message) ? error.message.detail : undefined) ||
    textOr(error.msg)
  return {
    message: `${message || 'The provider failed without saying why.'}${raw}`.slice(0, LONGEST),
    ...(number !== undefined && { status: number }),
    ...(word !== undefined && { code: word as string }),
  }
}

function statusOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^[45]\d\d$/.test(value) ? Number(value) : 0
  return number >= 400 && number < 600 ? number : undefined
}

function detailOf(detail: unknown): string {
  if (typeof detail === 'string') return detail
  if (!Array.isArray(detail)) return ''
  return detail
    .filter(isObject)
    .map(({ loc, msg }) => `${Array.isArray(loc) ? `${loc.join('.')}: ` : ''}${textOr(msg)}`)
    .join('; ')
}
