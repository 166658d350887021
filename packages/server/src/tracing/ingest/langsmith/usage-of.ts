import { fromUsd, type Usage } from '@signalbox/schema'
import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import { isObject, type Json, objectOf } from '../json-values.ts'

/** What a run used, in disjoint buckets, and what it cost where its client says so (nano-USD). */
export function usageOf(outputs: Json, metadata: Json): { usage?: Usage; cost?: number } {
  const sent = sentUsage(outputs, metadata)
  if (!sent) return {}
  const { usage } = normaliseUsage(plainTiers(sent.counts), sent.convention) ?? {}
  const cost = costOf(sent.counts)
  return { ...(usage && { usage }), ...(cost !== undefined && { cost }) }
}

type Sent = { counts: Json; convention: 'langchain' | 'openai' }

/** In the order of trust: what the tracer counted, what LangChain's messages carry, what the provider's answer says. */
function sentUsage(outputs: Json, metadata: Json): Sent | undefined {
  for (const counts of [outputs.usage_metadata, metadata.usage_metadata]) if (hasEntries(counts)) return { counts, convention: 'langchain' }
  const messages = generationsOf(outputs).map((generation) => messageOf(generation).usage_metadata)
  const ofMessage = messages.find(hasEntries)
  if (ofMessage) return { counts: ofMessage, convention: 'langchain' }
  const model = objectOf(outputs.llm_output ?? outputs.llmOutput)
  const counts = [model.token_usage, model.tokenUsage, model.usage, outputs.usage].find(hasEntries)
  return counts && { counts: inSnakeCase(counts), convention: 'openai' }
}

const hasEntries = (value: unknown): value is Json => isObject(value) && Object.keys(value).length > 0

/** LangChain's `generations`: lists of lists of answers. */
export const generationsOf = (outputs: Json): Json[] =>
  Array.isArray(outputs.generations) ? outputs.generations.flat(1).filter(isObject) : []

/** The message of an answer, as an object or as LangChain serialises one. */
export function messageOf(generation: Json): Json {
  const message = objectOf(generation.message)
  return isObject(message.kwargs) ? message.kwargs : message
}

/** Clients write `flex_cache_read` for what was read from the cache in the tier `flex`. */
function plainTiers(counts: Json): Json {
  const plain = { ...counts }
  for (const list of ['input_token_details', 'output_token_details']) {
    const details = objectOf(counts[list])
    const entries = Object.entries(details).map(([name, count]) => [
      /(?:^|_)(cache_read|cache_creation|reasoning)$/.exec(name)?.[1] ?? name,
      count,
    ])
    if (entries.length > 0) plain[list] = Object.fromEntries(entries)
  }
  return plain
}

const inSnakeCase = (counts: Json): Json =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), count]))

function costOf(counts: Json): number | undefined {
  const total = usd(counts.total_cost)
  if (total !== undefined) return fromUsd(total)
  const parts = [usd(counts.input_cost), usd(counts.output_cost)].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : fromUsd(parts.reduce((sum, part) => sum + part, 0))
}

function usd(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 && number < 1e6 ? number : undefined
}
