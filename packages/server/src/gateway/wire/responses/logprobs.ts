import type { Logprob } from '../language.ts'
import { type Json, objectsOf, textOf } from './json.ts'

/** The probabilities of a text, `undefined` where there are none. */
export function decodeLogprobs(value: unknown): Logprob[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return objectsOf(value).map((entry) => ({
    ...decodeLogprob(entry),
    ...(Array.isArray(entry.top_logprobs) && { top: objectsOf(entry.top_logprobs).map(decodeLogprob) }),
  }))
}

const decodeLogprob = (entry: Json): Logprob => ({
  token: textOf(entry.token),
  logprob: typeof entry.logprob === 'number' ? entry.logprob : 0,
  ...(Array.isArray(entry.bytes) && { bytes: entry.bytes as number[] }),
})

/** A token's probabilities with every field that SDKs look for. */
export const encodeLogprob = ({ token, logprob, bytes, top }: Logprob): Json => ({
  token,
  logprob,
  bytes: bytes ?? [],
  top_logprobs: (top ?? []).map((entry) => ({ token: entry.token, logprob: entry.logprob, bytes: entry.bytes ?? [] })),
})
