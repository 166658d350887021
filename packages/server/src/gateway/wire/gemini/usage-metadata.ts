import { inputTokens, outputTokens, type Usage } from '@signalbox/schema'
import { type Fields, isFields } from './fields.ts'

/** `usageMetadata` of disjoint buckets; Gemini's own where the answer came from Gemini. */
export function writeUsage({ usage, raw }: { usage: Usage; raw: unknown }): Fields {
  if (isFields(raw) && ('promptTokenCount' in raw || 'candidatesTokenCount' in raw)) return raw
  const input = inputTokens(usage)
  const output = outputTokens(usage)
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - usage.reasoning,
    totalTokenCount: input + output,
    ...(usage.cacheRead > 0 && { cachedContentTokenCount: usage.cacheRead }),
    ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
    ...details('promptTokensDetails', { AUDIO: usage.inputAudio, IMAGE: usage.inputImage }, input),
    ...details('candidatesTokensDetails', { AUDIO: usage.outputAudio }, output - usage.reasoning),
  }
}

function details(name: string, media: Record<string, number>, all: number): Fields {
  const counts = Object.entries(media).filter(([, tokens]) => tokens > 0)
  if (counts.length === 0) return {}
  const text = all - counts.reduce((sum, [, tokens]) => sum + tokens, 0)
  const list = counts.map(([modality, tokenCount]) => ({ modality, tokenCount }))
  return { [name]: text > 0 ? [{ modality: 'TEXT', tokenCount: text }, ...list] : list }
}
