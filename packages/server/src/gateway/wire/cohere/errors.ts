import type { AppError } from '@signalbox/schema'
import type { AnswerError } from '../language.ts'
import { objectOf, textOf } from '../untyped.ts'

/** An error of ours: `{ message }`, with the `id` of the request where the error has one. */
export function encodeAppError(error: AppError): { status: number; body: { id?: string; message: string } } {
  const { requestId } = error.data
  return { status: error.status, body: { ...(typeof requestId === 'string' && { id: requestId }), message: error.message } }
}

/** A failure within a stream, as Cohere says it: in its last event, which has no usage then. */
export const errorEvent = (message: string): string =>
  `event: message-end\ndata: ${JSON.stringify({ type: 'message-end', delta: { error: message, finish_reason: 'ERROR' } })}\n\n`

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
