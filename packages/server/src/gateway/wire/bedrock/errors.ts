import type { AnswerError } from '../language.ts'
import { objectOf, textOf } from '../untyped.ts'

/** Statuses of Bedrock's exceptions, which may also come in the middle of a stream. */
const STATUSES: Record<string, number> = {
  validationexception: 400,
  servicequotaexceededexception: 400,
  conflictexception: 400,
  accessdeniedexception: 403,
  unrecognizedclientexception: 403,
  expiredtokenexception: 403,
  resourcenotfoundexception: 404,
  modeltimeoutexception: 408,
  modelerrorexception: 424,
  modelstreamerrorexception: 424,
  throttlingexception: 429,
  modelnotreadyexception: 429,
  internalserverexception: 500,
  internalfailure: 500,
  serviceunavailableexception: 503,
}

/** An exception in a stream or in a body. `name` is the exception's, where the transport says it; `status` the response's. */
export function decodeException(body: unknown, { name, status }: { name?: string; status?: number }): AnswerError {
  const fields = objectOf(body)
  const code = (name ?? (textOf(fields.__type) || textOf(fields.code))).replace(/^.*#/, '')
  const original = fields.originalStatusCode
  const meant = status ?? (typeof original === 'number' ? original : STATUSES[code.toLowerCase()])
  const message =
    [fields.originalMessage, fields.message, fields.Message, body].find((value) => typeof value === 'string' && value.trim() !== '') ??
    (code ? `Bedrock sent ${code} without a message.` : 'Bedrock sent an error without a message.')
  return {
    message: String(message).slice(0, 2000),
    ...(meant !== undefined && { status: meant }),
    ...(code !== '' && { code }),
  }
}
