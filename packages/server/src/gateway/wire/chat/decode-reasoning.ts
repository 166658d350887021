import type { Call, Effort } from '../language.ts'
import { isObject, type Json, textAt } from './check.ts'
import type { ChatNotes } from './notes.ts'

type Reasoning = NonNullable<Call['reasoning']>
const EFFORTS = new Set<string>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] satisfies Effort[])

/**
 * `reasoning_effort`, else OpenRouter's `reasoning`, else LiteLLM's `thinking`. What the first that speaks does not say by effort
 * and budget alone, and what the others say, stays in extras.
 */
export function decodeReasoning(body: Json, notes: ChatNotes): { reasoning?: Reasoning; extras: [string, unknown][] } {
  const spelled = textAt(body, 'reasoning_effort')
  const extras = Object.entries({ reasoning: body.reasoning, thinking: body.thinking }).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  const effort = effortOf(spelled)
  if (effort !== undefined) return { reasoning: { effort }, extras }
  if (spelled !== undefined) extras.push(['reasoning_effort', spelled])
  for (const name of ['reasoning', 'thinking'] as const) {
    const value = body[name]
    const reasoning = isObject(value) ? OBJECTS[name](value) : undefined
    if (!reasoning) continue
    const isAll = isObject(value) && Object.keys(value).every((key) => SAID[name].has(key))
    notes.reasoningAs = isAll ? name : 'extras'
    return { reasoning, extras: isAll ? extras.filter(([key]) => key !== name) : extras }
  }
  return { extras }
}

const SAID = { reasoning: new Set(['effort', 'max_tokens', 'enabled']), thinking: new Set(['type', 'budget_tokens']) }

/** What each object says; undefined where it asks for nothing that other dialects know. */
const OBJECTS = {
  reasoning: (value: Json): Reasoning | undefined => {
    const budget = typeof value.max_tokens === 'number' ? value.max_tokens : undefined
    // Switched on without more is a medium effort, as OpenRouter documents.
    const effort =
      value.enabled === false ? 'none' : (effortOf(value.effort) ?? (value.enabled && budget === undefined ? 'medium' : undefined))
    if (effort === undefined && budget === undefined) return undefined
    return { ...(effort && { effort }), ...(budget !== undefined && { budgetTokens: budget }) }
  },
  thinking: (value: Json): Reasoning | undefined =>
    value.type === 'enabled' && typeof value.budget_tokens === 'number' ? { budgetTokens: value.budget_tokens } : undefined,
}

const effortOf = (value: unknown): Effort | undefined => (typeof value === 'string' && EFFORTS.has(value) ? (value as Effort) : undefined)
