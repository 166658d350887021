import type { Call } from '../language.ts'
import type { Untyped } from '../untyped.ts'
import { askedWith, claudeThinking, effortOf, LEVELS, noThoughts } from './claude-thinking.ts'
import { claudeTraits, type Family, familyOf } from './model-family.ts'

/** What is set beside the messages: Converse's own `inferenceConfig`, and fields in the words of the model's vendor. */
export type Settings = { inferenceConfig: Untyped; fields: Untyped }

/**
 * The parameters of a call for a model, with what the model takes beyond Converse (`additionalModelRequestFields`) in the
 * words of its vendor. Names in `dropped` what the model cannot take.
 */
export function encodeSettings(call: Call, model: string, dropped: Set<string>): Settings {
  const family = familyOf(model)
  const reasoning = REASONING[family](call, model, dropped)
  const refused = family === 'claude' ? refusedBy(call, model, reasoning.thinking) : new Set<string>()
  for (const name of refused) dropped.add(name)
  const takes = (name: string, value: unknown): boolean => value !== undefined && !refused.has(name)

  const inferenceConfig: Untyped = {}
  if (call.maxTokens !== undefined) inferenceConfig.maxTokens = call.maxTokens
  if (takes('temperature', call.temperature) && !(refusesDefaults(call, model) && call.temperature === 1))
    inferenceConfig.temperature = within(call.temperature, 'temperature', dropped)
  if (takes('top_p', call.topP) && !(refusesDefaults(call, model) && call.topP === 1))
    inferenceConfig.topP = within(call.topP, 'top_p', dropped)
  const stop = call.stop?.filter((text) => (family === 'claude' ? text.trim() : text) !== '')
  if (stop && stop.length > 0) inferenceConfig.stopSequences = stop
  if (stop?.length !== call.stop?.length) dropped.add('stop')
  return { inferenceConfig, fields: { ...(takes('top_k', call.topK) && topK(call, family, dropped)), ...reasoning } }
}

/** Converse takes 0 to 1 for both `temperature` and `topP`. */
function within(value: number | undefined, name: string, dropped: Set<string>): number {
  const clamped = Math.min(1, Math.max(0, value ?? 1))
  if (clamped !== value) dropped.add(name)
  return clamped
}

function topK({ topK }: Call, family: Family, dropped: Set<string>): Untyped {
  if (family === 'claude') return { top_k: topK }
  if (family === 'nova') return { inferenceConfig: { topK } }
  dropped.add('top_k')
  return {}
}

const thinks = (thinking: unknown): boolean => thinking !== undefined && (thinking as { type?: unknown }).type !== 'disabled'

/** What Claude refuses, of what was sent with another value than its default: newer models any sampling, older ones while they think. */
function refusedBy(call: Call, model: string, thinking: unknown): Set<string> {
  const refused = new Set<string>()
  const { sampling } = claudeTraits(model)
  if (sampling && !thinks(thinking)) return refused
  if (call.temperature !== undefined && call.temperature !== 1) refused.add('temperature')
  if (call.topP !== undefined && call.topP !== 1 && (!sampling || call.topP < 0.95)) refused.add('top_p')
  if (call.topK !== undefined) refused.add('top_k')
  return refused
}

/** Since 4.1 Claude refuses `temperature` beside `top_p`, and since 4.7 either of them: a value that changes nothing is not sent. */
function refusesDefaults(call: Call, model: string): boolean {
  if (familyOf(model) !== 'claude') return false
  return !claudeTraits(model).sampling || (call.temperature !== undefined && call.topP !== undefined)
}

type Reasoning = (call: Call, model: string, dropped: Set<string>) => Untyped

const REASONING: Record<Family, Reasoning> = {
  claude: claudeThinking,
  nova(call, model, dropped) {
    const effort = effortOf(call)
    if (effort !== 'none') noThoughts(call, dropped)
    if (effort === undefined) return {}
    if (!/nova-2/i.test(model)) {
      if (effort !== 'none') dropped.add(askedWith(call))
      return {}
    }
    if (effort === 'none') return { reasoningConfig: { type: 'disabled' } }
    // At its highest effort Nova refuses these three.
    const limited = call.maxTokens !== undefined || call.temperature !== undefined || call.topP !== undefined
    const lowered = LEVELS[effort] === 'high' && limited
    if (lowered) dropped.add(askedWith(call))
    return { reasoningConfig: { type: 'enabled', maxReasoningEffort: lowered ? 'medium' : LEVELS[effort] } }
  },
  'gpt-oss'(call, _model, dropped) {
    const effort = effortOf(call)
    if (effort === undefined) noThoughts(call, dropped)
    return effort === undefined ? {} : { reasoning_effort: effort === 'none' ? 'low' : LEVELS[effort] }
  },
  other(call, _model, dropped) {
    const effort = effortOf(call)
    if (effort !== 'none') noThoughts(call, dropped)
    if (effort !== undefined && effort !== 'none') dropped.add(askedWith(call))
    return {}
  },
}
