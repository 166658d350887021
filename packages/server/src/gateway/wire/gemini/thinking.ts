import type { Call, Effort } from '../language.ts'
import { booleanAt, type Fields, fieldsAt, numberAt, stringAt } from './fields.ts'
import { isBeforeThinking, takesLevels } from './models.ts'

type Reasoning = NonNullable<Call['reasoning']>

const PARAM = 'generationConfig.thinkingConfig'
const EFFORTS: Record<string, Effort> = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' }
const LEVELS: Record<Effort, string> = { none: 'MINIMAL', minimal: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH', xhigh: 'HIGH' }
/** Google's own figures for efforts on models that take a budget. https://ai.google.dev/gemini-api/docs/openai#thinking */
const BUDGETS: Record<Effort, number> = { none: 0, minimal: 1024, low: 1024, medium: 8192, high: 24_576, xhigh: 24_576 }
const LARGEST = { flash: 24_576, pro: 32_768 }

/** Reads `thinkingConfig`. What has no place in `Call`, such as the budget −1 for "as much as it takes", goes to `extras`. */
export function readThinking(value: unknown, extras: Fields): Reasoning | undefined {
  const config = fieldsAt(value, PARAM)
  if (!config) return undefined
  const { thinkingBudget, includeThoughts, thinkingLevel, ...rest } = config
  for (const [key, other] of Object.entries(rest)) extras[`${PARAM}.${key}`] = other
  const reasoning: Reasoning = {}
  const level = stringAt(thinkingLevel, `${PARAM}.thinkingLevel`)
  const effort = level === undefined ? undefined : EFFORTS[level.toUpperCase()]
  if (effort) reasoning.effort = effort
  else if (level !== undefined) extras[`${PARAM}.thinkingLevel`] = level
  const budget = numberAt(thinkingBudget, `${PARAM}.thinkingBudget`)
  if (budget === 0 && !effort) reasoning.effort = 'none'
  else if (budget !== undefined && budget > 0) reasoning.budgetTokens = budget
  else if (budget !== undefined) extras[`${PARAM}.thinkingBudget`] = budget
  const summary = booleanAt(includeThoughts, `${PARAM}.includeThoughts`)
  if (summary !== undefined) reasoning.summary = summary
  return Object.keys(reasoning).length > 0 ? reasoning : undefined
}

/**
 * Writes `thinkingConfig` for a model: a level where the model knows levels, a budget where it knows budgets. `drop` is called
 * where the model cannot do what was asked.
 */
export function writeThinking(call: Call, model: string, drop: () => void): Fields | undefined {
  const { reasoning } = call
  if (!reasoning) return undefined
  const own = call.dialect === 'gemini'
  if (!own && isBeforeThinking(model)) {
    if (reasoning.effort !== 'none') drop()
    return undefined
  }
  const config: Fields = {}
  const { effort, budgetTokens } = reasoning
  if (budgetTokens !== undefined) config.thinkingBudget = own ? budgetTokens : Math.min(budgetTokens, LARGEST[sizeOf(model)])
  if (effort && (own || budgetTokens === undefined)) Object.assign(config, own ? ownEffort(effort) : effortFor(effort, model, drop))
  const shows = reasoning.summary ?? (ALWAYS_SHOWN.has(call.dialect) && effort !== 'none' ? true : undefined)
  if (shows !== undefined) config.includeThoughts = shows
  return Object.keys(config).length > 0 ? config : undefined
}

/** Clients of these get to see what the model thinks wherever it thinks, without asking for it. */
const ALWAYS_SHOWN: ReadonlySet<Call['dialect']> = new Set(['anthropic', 'cohere'])

const ownEffort = (effort: Effort): Fields => (effort === 'none' ? { thinkingBudget: 0 } : { thinkingLevel: LEVELS[effort] })

const sizeOf = (model: string): 'pro' | 'flash' => (/flash/.test(model) ? 'flash' : 'pro')

function effortFor(effort: Effort, model: string, drop: () => void): Fields {
  const isPro = /\bpro\b/.test(model)
  if (takesLevels(model)) {
    // These models always think: the least they can do stands for "not at all".
    if (effort === 'none') drop()
    const level = LEVELS[effort]
    return { thinkingLevel: isPro && level === 'MINIMAL' ? 'LOW' : level }
  }
  if (effort === 'none' && isPro) {
    drop()
    return { thinkingBudget: 128 }
  }
  return { thinkingBudget: BUDGETS[effort] }
}
