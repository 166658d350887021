import { callsIn } from '../../evaluators/deterministic/read-tool-calls.ts'
import { failed, notApplicable, passed, scored } from '../../evaluators/outcome.ts'
import type { Handler } from './asked.ts'
import { isRecord } from './types.ts'

/** Assertions on what a call took, cost and called. */
export const CALLS: Record<string, Handler> = {
  latency: ({ row, threshold }) => {
    if (threshold === undefined) return failed('latency needs a threshold in milliseconds.')
    const { latencyMs } = row
    // Of an answer from the cache the time of its first call is known, so that it can be held to it.
    return latencyMs === undefined
      ? notApplicable('No time was measured.')
      : passed(latencyMs <= threshold, `It took ${latencyMs} ms of ${threshold} ms.`)
  },
  cost: ({ row, threshold }) => {
    if (row.costUsd === undefined) return failed('What the call cost is not known.')
    return passed(threshold === undefined || Number(row.costUsd) <= threshold, `It cost ${row.costUsd} USD; ${threshold} is allowed.`)
  },
  'finish-reason': ({ row, value }) => {
    const reason = (row as { finishReason?: unknown }).finishReason
    return reason === undefined
      ? failed('The provider does not say why the answer ended.')
      : passed(String(reason).toLowerCase() === String(value).toLowerCase(), `It ended by ${reason}.`)
  },
  perplexity: ({ row, threshold }) => {
    const mean = meanLogprob(row)
    if (mean === undefined) return failed('The answer has no log-probabilities. Set logprobs: true in the config of the provider.')
    const perplexity = Math.exp(-mean)
    return passed(threshold === undefined || perplexity <= threshold, `The perplexity is ${perplexity.toFixed(3)}.`)
  },
  'perplexity-score': ({ row, threshold }) => {
    const mean = meanLogprob(row)
    if (mean === undefined) return failed('The answer has no log-probabilities. Set logprobs: true in the config of the provider.')
    const score = 1 / (1 + Math.exp(-mean))
    return scored(score, { pass: threshold === undefined || score >= threshold, reason: `The score is ${score.toFixed(3)}.` })
  },
  'tool-call-f1': ({ output, text, value, threshold = 1 }) => {
    const made = new Set(namesIn(typeof output === 'string' ? jsonOf(text) : output))
    const wanted = new Set(
      (Array.isArray(value) ? value : String(value).split(',')).map((one) => (isRecord(one) ? String(one.name) : String(one).trim())),
    )
    if (wanted.size === 0) return failed('tool-call-f1 needs the names of tools.')
    const both = [...made].filter((name) => wanted.has(name)).length
    const score = made.size + wanted.size === 0 ? 0 : (2 * both) / (made.size + wanted.size)
    return scored(score, {
      pass: score >= threshold,
      reason: `Called ${[...made].join(', ') || 'nothing'}; wanted ${[...wanted].join(', ')}.`,
    })
  },
  'is-valid-openai-tools-call': ({ output, text, assertion }) =>
    validCalls(typeof output === 'string' ? jsonOf(text) : output, assertion.config?.tools),
  'is-valid-openai-function-call': ({ output, text, assertion }) =>
    validCalls(typeof output === 'string' ? jsonOf(text) : output, assertion.config?.functions),
  'is-valid-function-call': ({ output, text, assertion }) =>
    validCalls(typeof output === 'string' ? jsonOf(text) : output, assertion.config?.tools ?? assertion.config?.functions),
}

/** The tools that the provider was given stand in the configuration of the assertion: the plan puts them there. */
async function validCalls(output: unknown, tools: unknown) {
  const calls = callsIn(output)
  if (calls.length === 0) return passed(false, 'There is no call of a tool.')
  const known = new Map(
    (Array.isArray(tools) ? tools : [])
      .filter(isRecord)
      .map((tool) => (isRecord(tool.function) ? tool.function : tool))
      .map((tool) => [String(tool.name), tool]),
  )
  if (known.size === 0) return failed('The provider has no tools in its config to hold the call against.')
  const { schemaCheck } = await import('../../evaluators/deterministic/schema-check.ts')
  for (const { name, args } of calls) {
    const tool = known.get(name)
    if (!tool) return passed(false, `There is no tool "${name}".`)
    if (args === undefined) return passed(false, `The arguments of "${name}" are not a JSON object.`)
    const schema = tool.parameters ?? tool.input_schema
    const [problem] = isRecord(schema) ? schemaCheck(schema)(args) : []
    if (problem) return passed(false, `The arguments of "${name}" are not valid: ${problem.text} ${problem.reason ?? ''}`)
  }
  return passed(true)
}

const namesIn = (output: unknown): string[] => callsIn(output).map(({ name }) => name)

function meanLogprob(row: Record<string, unknown>): number | undefined {
  const tokens = row.logprobs as { logprob: number }[] | undefined
  return tokens && tokens.length > 0 ? tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
