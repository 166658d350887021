import type { Call, Effort, ReasoningBlock } from '../language.ts'
import { claudeAbilities } from './claude-models.ts'

/** What is sent as `max_tokens`, which Anthropic requires, where the client set no limit. With thinking its budget comes on top. */
export const DEFAULT_MAX_TOKENS = 4096

/** The least that Anthropic takes as `budget_tokens`. */
const LEAST_BUDGET = 1024

/** How many tokens of thought an effort is for the models that take a budget. */
const BUDGETS: Record<Exclude<Effort, 'none'>, number> = { minimal: LEAST_BUDGET, low: 2048, medium: 8192, high: 16_384, xhigh: 32_768 }

/** `thinking`, `effort` of `output_config`, and the `max_tokens` that goes with them. */
export type Thinking = { thinking?: Record<string, unknown>; effort?: string; maxTokens: number }

/**
 * How a call wants the model to think, in the words that this model takes. A client of Anthropic's own is taken at its word.
 * For others what Anthropic would refuse is left out and named: no room for a budget below `max_tokens`, a forced
 * tool, and a tool's result whose call came without its thoughts.
 */
export function encodeThinking(call: Call, model: string, drop: (name: string) => void): Thinking {
  const { reasoning, maxTokens } = call
  const plain = { maxTokens: maxTokens ?? DEFAULT_MAX_TOKENS }
  if (!reasoning) return plain
  const { effort, budgetTokens } = reasoning
  if (call.dialect === 'anthropic') {
    const room = { maxTokens: maxTokens ?? DEFAULT_MAX_TOKENS + (budgetTokens ?? 0) }
    if (effort === 'none') return { ...room, thinking: { type: 'disabled' } }
    return {
      ...room,
      ...(budgetTokens !== undefined && { thinking: { type: 'enabled', budget_tokens: budgetTokens } }),
      ...(effort !== undefined && { effort }),
    }
  }
  const refuse = (): Thinking => {
    drop(effort !== undefined ? 'reasoning.effort' : 'reasoning.max_tokens')
    return plain
  }
  const abilities = claudeAbilities(model)
  if (effort === 'none' || budgetTokens === 0) return abilities.thinksByDefault ? { ...plain, thinking: { type: 'disabled' } } : plain
  if (effort === undefined && budgetTokens === undefined && !abilities.adaptiveThinking) {
    // There will be no thoughts to show.
    if (reasoning.summary) drop('reasoning.summary')
    return plain
  }
  if (isForced(call)) return refuse()
  if (abilities.adaptiveThinking) {
    const wanted = effort ?? effortOf(budgetTokens)
    return {
      ...plain,
      thinking: { type: 'adaptive', ...(reasoning.summary && { display: 'summarized' }) },
      ...(wanted !== undefined && { effort: ADAPTIVE[wanted] ?? (abilities.xhighEffort ? wanted : 'high') }),
    }
  }
  const wanted = Math.max(LEAST_BUDGET, budgetTokens ?? BUDGETS[effort ?? 'medium'])
  const budget = maxTokens === undefined ? wanted : Math.min(wanted, maxTokens - 1)
  if (budget < LEAST_BUDGET || lacksThoughts(call)) return refuse()
  return { thinking: { type: 'enabled', budget_tokens: budget }, maxTokens: maxTokens ?? DEFAULT_MAX_TOKENS + budget }
}

const ADAPTIVE: Partial<Record<Effort, string>> = { minimal: 'low', low: 'low', medium: 'medium', high: 'high' }

/** A negative budget lets the model decide. */
function effortOf(budget: number | undefined): Effort | undefined {
  if (budget === undefined || budget < 0) return undefined
  return budget <= BUDGETS.low ? 'low' : budget <= BUDGETS.medium ? 'medium' : 'high'
}

const isForced = ({ toolChoice, tools }: Call): boolean =>
  tools.length > 0 && (toolChoice?.type === 'required' || toolChoice?.type === 'tool')

/** The assistant called tools in this round without the signed thoughts that have to stand before the calls. */
function lacksThoughts({ turns }: Call): boolean {
  const answer = turns.findLast(({ role }) => role === 'assistant')
  if (!answer || !turns.at(-1)?.blocks.some(({ type }) => type === 'tool-result')) return false
  const isOwn = (block: ReasoningBlock): boolean => block.origin === 'anthropic' && Boolean(block.signature ?? block.encrypted)
  return (
    answer.blocks.some(({ type }) => type === 'tool-call') && !answer.blocks.some((block) => block.type === 'reasoning' && isOwn(block))
  )
}
