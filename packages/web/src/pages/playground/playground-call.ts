import { ERROR_CODES, type ErrorCode } from '@signalbox/schema'
import { AppError } from '@signalbox/sdk'
import { rawFetch } from '../../data/client.ts'
import { eventsOf } from './event-stream.ts'

export type Head = { status: number; headers: Record<string, string> }
type Options = {
  project: string
  operation: 'chat/completions' | 'embeddings'
  request: unknown
  signal: AbortSignal
  traceparent?: string
}

/**
 * A call that the core makes through the gateway for who is logged in. First what the gateway said, then each piece of JSON of its
 * answer as it comes. What the gateway refused is thrown.
 */
export async function* playgroundCall({
  project,
  operation,
  request,
  signal,
  traceparent,
}: Options): AsyncGenerator<{ head: Head } | { piece: unknown }> {
  const response = await rawFetch(project, `/api/v1/playground/${operation}`, {
    method: 'POST',
    body: JSON.stringify(request),
    signal,
    headers: { 'content-type': 'application/json', ...(traceparent && { traceparent }) },
  })
  if (!response.ok) throw errorOf(await response.text(), response.status)
  if (!response.body) throw new AppError('internal', 'The answer has no body.')
  let head: Head | undefined
  for await (const { name, data } of eventsOf(response.body)) {
    if (name === 'head') {
      head = JSON.parse(data) as Head
      yield { head }
    } else if (name === 'broken')
      throw new AppError('provider-failed', 'The answer broke off before its end.', { hint: 'Look at the trace.' })
    else if (name === 'body') {
      const text = JSON.parse(data) as string
      if (head?.status !== 200) throw errorOf(text, head?.status ?? 502)
      yield { piece: parsed(text) }
    } else if (data !== '[DONE]') {
      const piece = parsed(data)
      // After its first byte an answer has no status any more: what goes wrong then is an event of the stream.
      if (typeof piece === 'object' && piece !== null && 'error' in piece) throw errorOf(data, 502)
      yield { piece }
    }
  }
}

/** An error of ours or of the dialect that was spoken, both `{ error: { code, message } }`. */
function errorOf(text: string, status: number): AppError {
  const { error } = (parsed(text) ?? {}) as { error?: { code?: unknown; message?: unknown; hint?: unknown; type?: unknown } }
  const message = typeof error?.message === 'string' ? error.message : `The gateway answered ${status}: ${text.slice(0, 300)}`
  const hint = typeof error?.hint === 'string' ? error.hint : undefined
  const named = [error?.code, error?.type].find((code): code is ErrorCode => ERROR_CODES.includes(code as ErrorCode))
  return new AppError(named ?? (status === 429 ? 'rate-limited' : status < 500 ? 'invalid-request' : 'provider-failed'), message, {
    ...(hint !== undefined && { hint }),
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
