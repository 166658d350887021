import type { Usage } from '@signalbox/schema'

/**
 * The usage of `message_start` with that of a later `message_delta` laid over it: counts are cumulative, and what the delta
 * leaves out or has as `null` stays.
 */
export function mergeUsage(before: unknown, after: unknown): Record<string, unknown> | undefined {
  if (!isObject(after)) return isObject(before) ? before : undefined
  const merged: Record<string, unknown> = isObject(before) ? { ...before } : {}
  for (const [name, value] of Object.entries(after)) if (value !== null && value !== undefined) merged[name] = value
  return merged
}

/** What Anthropic says beside its counts, and no bucket holds. */
const BESIDE = ['server_tool_use', 'service_tier', 'inference_geo', 'speed'] as const

/** The disjoint buckets as Anthropic writes them: input without the cache, thinking within output. */
export function encodeUsage(usage: Usage, raw?: unknown): Record<string, unknown> {
  const { cacheWrite, cacheWrite1h, reasoning } = usage
  const written: Record<string, unknown> = {
    input_tokens: usage.input + usage.inputAudio + usage.inputImage,
    cache_creation_input_tokens: cacheWrite + cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: usage.output + reasoning + usage.outputAudio,
  }
  if (reasoning > 0) written.output_tokens_details = { thinking_tokens: reasoning }
  if (isObject(raw)) for (const name of BESIDE) if (raw[name] !== undefined) written[name] = raw[name]
  return written
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
