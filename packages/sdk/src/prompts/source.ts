import { AppError, ERRORS, type ErrorCode, type Output } from '@signalbox/schema'

export type Wanted = { name: string; version?: number; label?: string; session?: string }
export type Answered = { found: Output<'prompts.get'>; etag: string | undefined } | 'unchanged'

export type SourceOptions = { url: string; key: string | undefined; fetch: typeof globalThis.fetch; timeoutMs: number }

/** Reads one version from the server. What it already has is told by `etag`, and costs nothing then. */
export async function readPrompt({ name, ...which }: Wanted, etag: string | undefined, options: SourceOptions): Promise<Answered> {
  const query = new URLSearchParams(
    Object.entries(which).flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, String(value)]])),
  )
  const response = await options.fetch(`${options.url}/api/v1/prompts/${encodeURIComponent(name)}?${query}`, {
    headers: { ...(options.key && { authorization: `Bearer ${options.key}` }), ...(etag && { 'if-none-match': etag }) },
    signal: AbortSignal.timeout(options.timeoutMs),
  })
  if (response.status === 304) return 'unchanged'
  const body = (await response.json().catch(() => undefined)) as unknown
  if (!response.ok || body === undefined) throw toError(body, response)
  return { found: body as Output<'prompts.get'>, etag: response.headers.get('etag') ?? undefined }
}

function toError(body: unknown, response: Response): AppError {
  const { code, message, hint } = ((body ?? {}) as { error?: { code?: string; message?: string; hint?: string } }).error ?? {}
  const known = code && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'unavailable'
  return new AppError(known, message ?? `The server answered ${response.status}.`, { ...(hint && { hint }) })
}
