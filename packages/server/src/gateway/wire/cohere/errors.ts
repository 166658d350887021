import type { AnswerError } from '../language.ts'
import { objectOf, textOf } from '../untyped.ts'

/** `{ message }`, as a body or an event; some gateways in front of Cohere wrap it in `error`. */
export function decodeErrorBody(body: unknown, status?: number): AnswerError {
  const fields = objectOf(body)
  const inner = objectOf(fields.error)
  const message = textOf(fields.message) || textOf(inner.message) || textOf(fields.error) || textOf(body)
  const code = textOf(fields.code) || textOf(inner.code)
  return {
    message: (message || 'Cohere sent an error without a message.').slice(0, 2000),
    ...(status !== undefined && { status }),
    ...(code !== '' && { code }),
  }
}
