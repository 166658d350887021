import type { Outcome } from '@signalbox/schema/evaluator'
import { failed, passed, scored } from '../../evaluators/outcome.ts'
import { EVALUATOR_IDS, prepareScorer } from '../../evaluators/registry.ts'
import type { Asked, Handler } from './asked.ts'
import { render } from './render.ts'
import { isRecord } from './types.ts'

type Use = {
  /** The evaluator that means the same, by what it may be called. */
  ids: readonly string[]
  params(asked: Asked): Record<string, unknown>
  row?(asked: Asked): Record<string, unknown>
  /** From a score on another scale. */
  scale?: number
  threshold?: number
}

const rubric = ({ value }: Asked) => ({ rubric: typeof value === 'string' ? value : JSON.stringify(value) })
const question = ({ vars, row }: Asked) => ({ input: vars.query ?? vars.question ?? vars.input ?? row.input })
const context = (asked: Asked) => ({
  ...question(asked),
  context: (Array.isArray(asked.vars.context) ? asked.vars.context.map(String) : asked.vars.context) ?? asked.row.context,
})
const limit = ({ threshold = 0.5 }: Asked) => ({ threshold })
const expected = ({ value }: Asked) => (Array.isArray(value) ? { references: value.map(String) } : { expected: value })
const contextRecall = (asked: Asked) => ({ ...context(asked), expected: asked.value })

/**
 * What asks a model, or follows a published definition: by the evaluators of this program. A judge that gives no verdict is an error and never
 * a pass, and BLEU, ROUGE and METEOR are those of their references: both on purpose not as in promptfoo.
 */
const USES: Record<string, Use> = {
  'llm-rubric': { ids: ['rubric'], params: rubric },
  'model-graded-closedqa': { ids: ['closed-qa'], params: ({ value }) => ({ criterion: String(value) }) },
  factuality: { ids: ['factuality'], params: () => ({}), row: expected },
  'model-graded-factuality': { ids: ['factuality'], params: () => ({}), row: expected },
  'g-eval': {
    ids: ['g-eval'],
    params: ({ value }) => ({ criteria: Array.isArray(value) ? value.join('\n') : String(value) }),
    threshold: 0.7,
  },
  'answer-relevance': {
    ids: ['answer-relevancy'],
    params: (asked) => ({ ...limit(asked), embeddingModel: 'openai/text-embedding-3-small' }),
    row: question,
    threshold: 0.5,
  },
  'context-faithfulness': { ids: ['faithfulness'], params: limit, row: context, threshold: 0.5 },
  'context-recall': { ids: ['context-recall'], params: limit, row: contextRecall, threshold: 0.5 },
  // Context precision asks something else: how early the useful sources stand.
  'context-relevance': { ids: ['context-relevance'], params: limit, row: context, threshold: 0.5 },
  bleu: { ids: ['bleu'], params: () => ({}), row: expected, scale: 100, threshold: 0.5 },
  'rouge-n': { ids: ['rouge'], params: () => ({ rouge_type: 'rouge1' }), row: expected, threshold: 0.75 },
  meteor: { ids: ['meteor'], params: () => ({}), row: expected, threshold: 0.5 },
}

/** A judge of the assertion's own, or of its test. */
function judgeModel({ assertion, test }: Asked): { model?: string } {
  const named = assertion.provider ?? test.options.provider
  const id = isRecord(named) ? named.id : named
  return typeof id === 'string' ? { model: modelName(id) } : {}
}

/** `openai:chat:gpt-4o` as this program calls it. */
export const modelName = (id: string): string => id.replace(/^([\w-]+):(?:(?:chat|messages|completion):)?/, '$1/')

const isText = ({ ids }: Use): boolean => ids.some((id) => ['bleu', 'rouge', 'meteor'].includes(id))
const idOf = ({ ids }: Use): string | undefined => ids.find((id) => EVALUATOR_IDS.includes(id))

/** Those that this version can run. */
export const MODELS: Record<string, Handler> = {
  ...Object.fromEntries(
    Object.entries(USES)
      .filter(([, use]) => idOf(use) !== undefined)
      .map(([type, use]) => [type, (asked: Asked) => evaluated(use, asked)]),
  ),
  similar: (asked) => similar(asked, 'cosine'),
  'similar:cosine': (asked) => similar(asked, 'cosine'),
  'similar:dot': (asked) => similar(asked, 'dot'),
  'similar:euclidean': (asked) => similar(asked, 'euclidean'),
  webhook,
}

/** Types that are known, and whose evaluator this version does not have. */
export const LACKING: readonly string[] = Object.entries(USES).flatMap(([type, use]) => (idOf(use) === undefined ? [type] : []))
export const isCosted = (type: string): boolean =>
  type === 'webhook' ||
  type.startsWith('similar') ||
  (Object.hasOwn(USES, type) && USES[type]?.scale === undefined && !['rouge-n', 'meteor'].includes(type))

async function evaluated(use: Use, asked: Asked): Promise<Outcome> {
  const { row, env, threshold = use.threshold } = asked
  const scorer = await prepareScorer(idOf(use) ?? '', { ...use.params(asked), ...(!isText(use) && judgeModel(asked)) })
  try {
    const outcome = await scorer.evaluate({ ...row, ...use.row?.(asked) }, env)
    if (outcome.status !== 'scored') return outcome
    const score = outcome.score / (use.scale ?? 1)
    return {
      ...outcome,
      score,
      pass: threshold === undefined ? (outcome.pass ?? score >= 0.5) : score >= threshold && outcome.pass !== false,
    }
  } finally {
    await scorer.close()
  }
}

async function similar({ text, value, env, threshold = 0.75, assertion }: Asked, how: 'cosine' | 'dot' | 'euclidean'): Promise<Outcome> {
  if (!env.embed) return failed('Similarity needs a model for embeddings.')
  const model = isRecord(assertion.provider)
    ? String(assertion.provider.id ?? '')
    : typeof assertion.provider === 'string'
      ? assertion.provider
      : 'openai:embedding:text-embedding-3-small'
  const wanted = Array.isArray(value) ? value.map(String) : [String(value)]
  try {
    const [own = [], ...others] = await env.embed([text, ...wanted], { model: model.replace(/:(?:embeddings?:)?/, '/') })
    const scores = others.map((other) => MEASURES[how](own, other))
    // Of a distance less is better.
    const best = how === 'euclidean' ? Math.min(...scores) : Math.max(...scores)
    const pass = how === 'euclidean' ? best <= threshold : best >= threshold
    return scored(how === 'euclidean' ? 1 / (1 + best) : best, { pass, reason: `${how} ${best.toFixed(4)} of ${threshold}.` })
  } catch (error) {
    return failed(`The embeddings failed: ${(error as Error).message}`)
  }
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
const MEASURES = {
  dot,
  cosine: (a: readonly number[], b: readonly number[]) => dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1),
  euclidean: (a: readonly number[], b: readonly number[]) => Math.sqrt(a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0)),
}

async function webhook({ output, value, vars, env }: Asked): Promise<Outcome> {
  if (!env.fetch) return failed('Nothing may be reached over the network here.')
  try {
    const response = await env.fetch(render(String(value), vars), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ output, context: { vars } }),
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) return failed(`The webhook answered ${response.status}.`)
    const { pass, score, reason } = (await response.json()) as { pass?: unknown; score?: unknown; reason?: unknown }
    if (typeof pass !== 'boolean') return failed('The webhook gave no verdict: it must answer { pass: true or false }.')
    return scored(typeof score === 'number' ? score : pass ? 1 : 0, { pass, ...(typeof reason === 'string' && { reason }) })
  } catch (error) {
    return failed(`The webhook failed: ${(error as Error).message}`)
  }
}

/** From what a function of a user says to an outcome: a verdict, a number, or an object of both. */
export function graded(value: unknown, threshold: number | undefined): Outcome {
  if (typeof value === 'boolean') return passed(value, value ? undefined : 'It returned false.')
  if (typeof value === 'number')
    return scored(value, { pass: threshold === undefined ? value > 0 : value >= threshold, reason: `It returned ${value}.` })
  if (isRecord(value) && typeof value.pass === 'boolean') {
    const score = typeof value.score === 'number' ? value.score : value.pass ? 1 : 0
    const reason = typeof value.reason === 'string' ? { reason: value.reason } : {}
    return scored(score, { pass: value.pass && (threshold === undefined || score >= threshold), ...reason })
  }
  if (isRecord(value) && typeof value.score === 'number') return graded(value.score, threshold)
  return failed(`It returned ${JSON.stringify(value) ?? 'nothing'}, and not true, false, a number or { pass, score, reason }.`)
}
