import type { AppError } from '@signalbox/schema'

/** An error as Opik's clients read it. What went wrong in here is 503: it is worth a second try. */
export function opikError(error: AppError): { status: number; body: { errors: string[] } } {
  const message = error.status === 500 ? error.message : `${error.message} ${error.hint}`
  return { status: error.status === 500 ? 503 : error.status, body: { errors: [message] } }
}
