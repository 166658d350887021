import type { Logprob } from '../language.ts'
import { isObject, type Json } from './check.ts'

/** The tokens of `logprobs.content` or `logprobs.refusal`; undefined where there are none. */
export function decodeLogprobs(list: unknown): Logprob[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined
  const tokens = list.filter(isObject).map((entry) => ({
    ...tokenOf(entry),
    ...(Array.isArray(entry.top_logprobs) && { top: entry.top_logprobs.filter(isObject).map(tokenOf) }),
  }))
  return tokens.length > 0 ? tokens : undefined
}

export const encodeLogprobs = (tokens: readonly Logprob[]): Json[] =>
  tokens.map(({ token, logprob, bytes, top }) => ({
    token,
    logprob,
    bytes: bytes ?? null,
    top_logprobs: (top ?? []).map((one) => ({ token: one.token, logprob: one.logprob, bytes: one.bytes ?? null })),
  }))

function tokenOf(entry: Json): { token: string; logprob: number; bytes?: number[] | null } {
  const bytes = entry.bytes === null || Array.isArray(entry.bytes) ? { bytes: entry.bytes as number[] | null } : {}
  return { token: String(entry.token ?? ''), logprob: typeof entry.logprob === 'number' ? entry.logprob : -9999, ...bytes }
}
