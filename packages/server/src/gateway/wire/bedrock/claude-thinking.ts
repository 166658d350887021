import type { Call, Effort } from '../language.ts'
import type { Untyped } from '../untyped.ts'
import { claudeTraits } from './model-family.ts'

/** Tokens to think with where the client asks for an effort and the model wants a number. */
const BUDGETS: Record<Exclude<Effort, 'none'>, number> = { minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 32_768 }
const LEAST_BUDGET = 1024

/** An effort in the three words that all models know. */
export const LEVELS: Record<Exclude<Effort, 'none'>, 'low' | 'medium' | 'high'> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
}

/** The effort that was asked for, or the one whose budget is nearest above. */
export function effortOf({ reasoning }: Call): Effort | undefined {
  const budget = reasoning?.budgetTokens
  if (reasoning?.effort !== undefined || budget === undefined) return reasoning?.effort
  if (budget === 0) return 'none'
  if (budget < 0) return 'medium'
  return (Object.keys(BUDGETS) as Exclude<Effort, 'none'>[]).find((effort) => budget <= BUDGETS[effort]) ?? 'xhigh'
}

/**
 * How Claude is told to think, in its own words. What it would refuse is left out and named: a forced tool, no
 * room for a budget below the limit of the answer, and a tool's result whose call came without its signed thoughts.
 */
export function claudeThinking(call: Call, model: string, dropped: Set<string>): Untyped {
  const effort = effortOf(call)
  if (effort === undefined) {
    noThoughts(call, dropped)
    return {}
  }
  const { thinking, rests } = claudeTraits(model)
  const drop = (): Untyped => {
    dropped.add(askedWith(call))
    return {}
  }
  if (effort === 'none') {
    if (rests === 'never') return drop()
    return rests === 'when-told' ? { thinking: { type: 'disabled' } } : {}
  }
  const forced = call.toolChoice?.type === 'required' || call.toolChoice?.type === 'tool'
  if (thinking === 'none' || forced) return drop()
  const given = call.reasoning?.budgetTokens
  if (thinking === 'effort' || (thinking === 'both' && given === undefined)) {
    const display = thinking === 'effort' && call.reasoning?.summary === true && { display: 'summarized' }
    const level = effort === 'xhigh' && thinking === 'effort' ? 'xhigh' : LEVELS[effort]
    return { thinking: { type: 'adaptive', ...display }, output_config: { effort: level } }
  }
  const wanted = Math.max(LEAST_BUDGET, given ?? BUDGETS[effort])
  const budget = call.maxTokens === undefined ? wanted : Math.min(wanted, call.maxTokens - 1)
  if (budget < LEAST_BUDGET || lacksThoughts(call)) return drop()
  return { thinking: { type: 'enabled', budget_tokens: budget } }
}

/** How the call asked for thoughts, to name it. */
export const askedWith = ({ reasoning }: Call): string => (reasoning?.effort !== undefined ? 'reasoning.effort' : 'reasoning.max_tokens')

/** Names the wish to be shown the thoughts, of which there will be none. */
export function noThoughts({ reasoning }: Call, dropped: Set<string>): void {
  if (reasoning?.summary) dropped.add('reasoning.summary')
}

/** The assistant called tools in this round without the signed thoughts that have to stand before the calls. */
function lacksThoughts({ turns }: Call): boolean {
  if (!turns.at(-1)?.blocks.some(({ type }) => type === 'tool-result')) return false
  const blocks = turns.findLast(({ role }) => role === 'assistant')?.blocks ?? []
  const thought = blocks.some(
    (block) =>
      block.type === 'reasoning' && (block.origin === 'bedrock' || block.origin === 'anthropic') && (block.signature ?? block.encrypted),
  )
  return !thought && blocks.some(({ type }) => type === 'tool-call')
}
