import { AppError } from '@signalbox/schema'
import type { Call, Effort } from '../wire/language.ts'

type Sampling = Pick<
  Call,
  | 'maxTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stop'
  | 'seed'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'choices'
  | 'reasoning'
  | 'parallelToolCalls'
  | 'extras'
>

/** What dialects call the parameters of a prompt; each is one thing, whoever wrote it down. */
const NAMES: Record<string, keyof Sampling | 'effort'> = {
  maxTokens: 'maxTokens',
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxTokens',
  max_output_tokens: 'maxTokens',
  maxOutputTokens: 'maxTokens',
  temperature: 'temperature',
  topP: 'topP',
  top_p: 'topP',
  topK: 'topK',
  top_k: 'topK',
  stop: 'stop',
  stop_sequences: 'stop',
  stopSequences: 'stop',
  seed: 'seed',
  presencePenalty: 'presencePenalty',
  presence_penalty: 'presencePenalty',
  frequencyPenalty: 'frequencyPenalty',
  frequency_penalty: 'frequencyPenalty',
  n: 'choices',
  candidateCount: 'choices',
  reasoningEffort: 'effort',
  reasoning_effort: 'effort',
  parallelToolCalls: 'parallelToolCalls',
  parallel_tool_calls: 'parallelToolCalls',
}
const EFFORTS: ReadonlySet<unknown> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])

/** The parameters of a prompt in the inner language. What it has no word for goes on by its own name. */
export function samplingOf(parameters: Readonly<Record<string, unknown>>): Sampling {
  const sampling: Sampling = { extras: {} }
  for (const [name, value] of Object.entries(parameters)) {
    const member = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
    const fail = (what: string) => new AppError('invalid-request', `The parameter ${name} of the prompt must be ${what}.`)
    if (value === null) continue
    if (!member) sampling.extras[name] = value
    else if (member === 'effort') {
      if (!EFFORTS.has(value)) throw fail(`one of ${[...EFFORTS].join(', ')}`)
      sampling.reasoning = { effort: value as Effort }
    } else if (member === 'stop') {
      const stop = typeof value === 'string' ? [value] : value
      if (!Array.isArray(stop) || !stop.every((one) => typeof one === 'string')) throw fail('a text or a list of texts')
      sampling.stop = stop
    } else if (member === 'parallelToolCalls') {
      if (typeof value !== 'boolean') throw fail('true or false')
      sampling.parallelToolCalls = value
    } else {
      if (typeof value !== 'number') throw fail('a number')
      sampling[member as 'temperature'] = value
    }
  }
  return sampling
}
