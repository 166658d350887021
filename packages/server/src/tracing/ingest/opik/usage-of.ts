import type { Usage } from '@signalbox/schema'
import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { UsageConvention } from '../../../pricing/usage-conventions.ts'
import { isObject, type Json } from '../json-values.ts'

const ORIGINAL = 'original_usage.'

/**
 * What a span used, in disjoint buckets. Opik's integrations keep what the provider said as `original_usage.…` beside OpenAI's three
 * counts: that says more, and is read as its provider means it.
 */
export function usageOf(usage: unknown, provider: string): Usage | undefined {
  if (!isObject(usage)) return undefined
  const original = nested(
    Object.entries(usage).flatMap(([key, count]) => (key.startsWith(ORIGINAL) ? [[key.slice(ORIGINAL.length), count] as const] : [])),
  )
  const convention = conventionOf(original, provider)
  const read = convention === 'gemini' ? inCamelCase(original) : original
  return normaliseUsage(read, convention)?.usage ?? normaliseUsage(usage, 'openai')?.usage
}

function conventionOf(original: Json, provider: string): UsageConvention {
  if (/anthropic|claude/i.test(provider)) return 'anthropic'
  if (/bedrock/i.test(provider) || 'inputTokens' in original) return 'bedrock'
  if (/google|gemini|vertex/i.test(provider) || 'prompt_token_count' in original) return 'gemini'
  return 'openai'
}

const MOST_STEPS = 4

/** `{ 'a.b': 1 }` → `{ a: { b: 1 } }`; names like `__proto__` are members like others. */
function nested(entries: readonly (readonly [string, unknown])[]): Json {
  const root = new Map<string, unknown>()
  for (const [key, count] of entries) {
    const steps = key.split('.')
    if (steps.length > MOST_STEPS) continue
    let at = root
    for (const step of steps.slice(0, -1)) {
      const inner = at.get(step)
      const next = inner instanceof Map ? inner : new Map<string, unknown>()
      at.set(step, next)
      at = next
    }
    at.set(steps.at(-1) ?? '', count)
  }
  return plain(root)
}

const plain = (map: Map<string, unknown>): Json =>
  Object.fromEntries([...map].map(([key, value]) => [key, value instanceof Map ? plain(value) : value]))

const inCamelCase = (counts: Json): Json =>
  Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), count]),
  )
