/** What a person says about an answer. At least one of `thumbs`, `rating`, `comment` and `edited`. */
export type Feedback = {
  /** Which answer: `x-signalbox-trace-id` of its response, or the id that the app gave the trace. */
  traceId?: string
  spanId?: string
  /** A whole conversation, in place of one answer. */
  sessionId?: string
  thumbs?: 'up' | 'down'
  /** 1 to 5. */
  rating?: number
  comment?: string
  /** The answer as the person changed it. */
  edited?: string
  user?: string
  metadata?: Record<string, string>
  /** Sent again with the same id, it replaces what was said. */
  id?: string
}
export type FeedbackOptions = {
  /** Where Signalbox is, such as https://signalbox.example.com. */
  url: string
  /** The public key, `pk-sb-…`: it may send feedback and nothing else, so it can stand in a page. */
  publicKey: string
  fetch?: typeof globalThis.fetch
}

/** Feedback that was not taken: `status` is that of the answer, 0 where there was none. `retryAfter` are seconds. */
export class FeedbackError extends Error {
  readonly status: number
  readonly retryAfter: number | undefined
  constructor(message: string, status: number, retryAfter?: number) {
    super(message)
    this.name = 'FeedbackError'
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** Sends feedback from a browser, or from anywhere. The id that is answered changes what was said when it is sent again. */
export async function sendFeedback(
  feedback: Feedback,
  { url, publicKey, fetch = globalThis.fetch }: FeedbackOptions,
): Promise<{ id: string }> {
  let response: Response
  try {
    response = await fetch(`${url.replace(/\/+$/, '')}/api/v1/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${publicKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(feedback),
      // It is sent also when the person leaves the page.
      keepalive: true,
    })
  } catch (cause) {
    throw new FeedbackError(
      `Nothing answers at ${url}, or it does not hear this page (its origin must be among the allowed ones): ${String(cause)}`,
      0,
    )
  }
  const body = (await response.json().catch(() => undefined)) as { id?: string; error?: { message?: string; hint?: string } } | undefined
  if (response.ok && body?.id) return { id: body.id }
  const { message = `status ${response.status}`, hint } = body?.error ?? {}
  const retryAfter = Number(response.headers.get('retry-after')) || undefined
  throw new FeedbackError(hint ? `${message} ${hint}` : message, response.status, retryAfter)
}
