import type { AppError } from '@signalbox/schema'

/** An error as LangSmith's clients read it. What went wrong in here is 503: it is worth a second try. */
export function langsmithError(error: AppError): { status: number; body: { error: string; detail: string } } {
  const message = error.status === 500 ? error.message : `${error.message} ${error.hint}`
  return { status: error.status === 500 ? 503 : error.status, body: { error: message, detail: message } }
}
