import type { Usage } from '@signalbox/schema'
import { normaliseUsage, type UsageFlag } from './normalise-usage.ts'
import { CONVENTIONS } from './usage-conventions.ts'

/**
 * Langfuse's `usageDetails`: a usage object of OpenAI, whose details are parts of its totals; or a map of buckets that exclude
 * each other, where a name of nobody's counts as input or output by how it begins.
 */
export function usageOfDetails(details: unknown): { usage: Usage; flag: UsageFlag } | undefined {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return undefined
  const map = details as Record<string, unknown>
  if (OPENAI.some((names) => names.every((name) => typeof map[name] === 'number'))) return normaliseUsage(map, 'openai')
  const buckets: Record<string, unknown> = { ...map }
  for (const side of ['input', 'output'] as const) {
    let more = 0
    for (const [name, value] of Object.entries(map)) {
      if (name.startsWith(side) && !KNOWN.has(name) && typeof value === 'number' && value > 0) more += value
    }
    if (more > 0) buckets[side] = (typeof map[side] === 'number' ? map[side] : 0) + more
  }
  return normaliseUsage(buckets, 'disjoint')
}

const OPENAI = [
  ['prompt_tokens', 'completion_tokens'],
  ['input_tokens', 'output_tokens'],
]
const KNOWN = new Set(
  Object.values(CONVENTIONS.disjoint).flatMap((paths) =>
    Array.isArray(paths) ? paths.map((path: readonly unknown[]) => String(path[0])) : [],
  ),
)
