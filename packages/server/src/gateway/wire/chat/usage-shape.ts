import { inputTokens, outputTokens, type Usage } from '@signalbox/schema'
import { isObject, type Json } from './check.ts'

/** `usage` of chat: as the provider wrote it where it wrote chat, otherwise from the disjoint buckets. */
export function chatUsage({ usage, raw }: { usage: Usage; raw: unknown }): Json {
  if (isObject(raw) && typeof raw.prompt_tokens === 'number') return raw
  const input = inputTokens(usage)
  const output = outputTokens(usage)
  const written = usage.cacheWrite + usage.cacheWrite1h
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      audio_tokens: usage.inputAudio,
      ...(written > 0 && { cache_write_tokens: written }),
      ...(usage.inputImage > 0 && { image_tokens: usage.inputImage }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: usage.outputAudio },
  }
}
