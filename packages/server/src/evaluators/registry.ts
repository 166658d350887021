import { createHash } from 'node:crypto'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import { AppError } from '@signalbox/schema/errors'
import type { EvaluatorInfo, EvaluatorNeed, EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { type CorpusScorer, RowSum } from './corpus.ts'
import type { Evaluator, EvaluatorEnv, Prepared } from './evaluator.ts'
import { failedBy, lacking, notApplicable, scored } from './outcome.ts'

/** All evaluators by id. Each is loaded when it is first asked for, so that a start pays only for what it uses. */
const EVALUATORS = {
  equals: () => import('./deterministic/equals.ts').then((file) => file.equals),
  contains: () => import('./deterministic/contains.ts').then((file) => file.contains),
  'contains-any': () => import('./deterministic/contains.ts').then((file) => file.containsAny),
  'contains-all': () => import('./deterministic/contains.ts').then((file) => file.containsAll),
  icontains: () => import('./deterministic/contains.ts').then((file) => file.icontains),
  'icontains-any': () => import('./deterministic/contains.ts').then((file) => file.icontainsAny),
  'icontains-all': () => import('./deterministic/contains.ts').then((file) => file.icontainsAll),
  'starts-with': () => import('./deterministic/contains.ts').then((file) => file.startsWith),
  'ends-with': () => import('./deterministic/contains.ts').then((file) => file.endsWith),
  regex: () => import('./deterministic/regex.ts').then((file) => file.regex),
  'json-valid': () => import('./deterministic/json.ts').then((file) => file.jsonValid),
  'json-schema': () => import('./deterministic/json.ts').then((file) => file.jsonSchema),
  'json-diff': () => import('./deterministic/json-diff.ts').then((file) => file.jsonDiff),
  numeric: () => import('./deterministic/numbers.ts').then((file) => file.numeric),
  keywords: () => import('./deterministic/keywords.ts').then((file) => file.keywords),
  'word-count': () => import('./deterministic/numbers.ts').then((file) => file.wordCount),
  latency: () => import('./deterministic/numbers.ts').then((file) => file.latency),
  cost: () => import('./deterministic/numbers.ts').then((file) => file.cost),
  'tool-call': () => import('./deterministic/tool-calls.ts').then((file) => file.toolCall),
  'tool-call-f1': () => import('./deterministic/tool-calls.ts').then((file) => file.toolCallF1),
  trajectory: () => import('./deterministic/trajectory.ts').then((file) => file.trajectory),
  groundedness: () => import('./deterministic/groundedness.ts').then((file) => file.groundedness),
  levenshtein: () => import('./text/edits.ts').then((file) => file.levenshtein),
  'edit-similarity': () => import('./text/edits.ts').then((file) => file.editSimilarity),
  bleu: () => import('./text/bleu.ts').then((file) => file.bleu),
  rouge: () => import('./text/rouge.ts').then((file) => file.rouge),
  chrf: () => import('./text/chrf.ts').then((file) => file.chrf),
  ter: () => import('./text/ter.ts').then((file) => file.ter),
  meteor: () => import('./text/meteor.ts').then((file) => file.meteor),
  rubric: () => import('./judges/rubric.ts').then((file) => file.rubric),
  'closed-qa': () => import('./judges/rubric.ts').then((file) => file.closedQa),
  factuality: () => import('./judges/rubric.ts').then((file) => file.factuality),
  'g-eval': () => import('./judges/g-eval.ts').then((file) => file.gEval),
  pairwise: () => import('./judges/pairwise.ts').then((file) => file.pairwise),
  jury: () => import('./judges/jury.ts').then((file) => file.jury),
  faithfulness: () => import('./rag/faithfulness.ts').then((file) => file.faithfulness),
  'answer-relevancy': () => import('./rag/answer-relevancy.ts').then((file) => file.answerRelevancy),
  'context-precision': () => import('./rag/context.ts').then((file) => file.contextPrecision),
  'context-recall': () => import('./rag/context.ts').then((file) => file.contextRecall),
  'context-entity-recall': () => import('./rag/context.ts').then((file) => file.contextEntityRecall),
  'noise-sensitivity': () => import('./rag/noise-sensitivity.ts').then((file) => file.noiseSensitivity),
  'answer-correctness': () => import('./rag/answer-correctness.ts').then((file) => file.answerCorrectness),
  similarity: () => import('./rag/similarity.ts').then((file) => file.similarity),
  bertscore: () => import('./rag/bertscore.ts').then((file) => file.bertscore),
  code: () => import('./code/code.ts').then((file) => file.code),
  http: () => import('./remote/http.ts').then((file) => file.http),
  sql: () => import('./remote/sql.ts').then((file) => file.sql),
} satisfies Record<string, () => Promise<Evaluator>>

export const EVALUATOR_IDS = Object.keys(EVALUATORS)

/** An evaluator with its parameters: what experiments, guardrails, monitors and `signalbox score` run. */
export type Scorer = {
  id: string
  /** Hash of what it is: code, parameters and prompt. Scores of two versions are never put into one average. */
  version: string
  info: Omit<EvaluatorInfo, 'params'>
  params: unknown
  /** Never throws, never gives a number that is none: what goes wrong is an `error` with its reason. */
  evaluate(row: EvaluatorRow, env?: EvaluatorEnv): Outcome | Promise<Outcome>
  /** One score of all rows: of the metric itself where it has one, else the mean of its rows. */
  corpus(env?: EvaluatorEnv): CorpusScorer
  close(): Promise<void>
}

export async function findEvaluator(id: string): Promise<Evaluator> {
  const load = Object.hasOwn(EVALUATORS, id) ? EVALUATORS[id as keyof typeof EVALUATORS] : undefined
  if (!load)
    throw new AppError('invalid-request', `There is no evaluator "${id}".`, {
      hint: `Choose from ${EVALUATOR_IDS.join(', ')}; signalbox score --list says what each takes.`,
    })
  return load()
}

export async function listEvaluators(): Promise<EvaluatorInfo[]> {
  const all = await Promise.all(EVALUATOR_IDS.map(findEvaluator))
  return all.map((one) => ({
    ...infoOf(one),
    params: z.toJSONSchema(one.params, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>,
  }))
}

/** The version that an evaluator with these parameters has, without making it ready. */
export async function scorerVersion(id: string, params: unknown = {}): Promise<string> {
  const definition = await findEvaluator(id)
  return versionOf(definition, read(definition, params).data)
}

function read({ id, params: schema }: Evaluator, params: unknown) {
  const parsed = schema.safeParse(params)
  if (!parsed.success)
    throw new AppError('invalid-request', `The parameters of ${id} are wrong: ${z.prettifyError(parsed.error)}`, {
      hint: 'signalbox score --list says what each evaluator takes.',
    })
  return parsed
}

/** Checks the parameters and makes the evaluator ready for many rows. Wrong parameters are the caller's mistake, and said so. */
export async function prepareScorer(id: string, params: unknown = {}): Promise<Scorer> {
  const definition = await findEvaluator(id)
  const parsed = read(definition, params)
  const prepared = await definition.prepare(parsed.data)
  const needs = prepared.needs ?? definition.needs
  const evaluate: Scorer['evaluate'] = (row, env = {}) => {
    const missing = lacking(row, needs)
    if (missing.length > 0) return notApplicable(`The row has no ${missing.join(' and no ')}.`)
    try {
      const outcome = prepared.evaluate(row, env)
      return outcome instanceof Promise ? outcome.then(checked, failedBy) : checked(outcome)
    } catch (error) {
      return failedBy(error)
    }
  }
  return {
    id,
    version: versionOf(definition, parsed.data),
    info: infoOf(definition),
    params: parsed.data,
    evaluate,
    corpus: (env) => {
      const whole = prepared.corpus?.()
      return whole ? ofMetric(whole, needs) : ofRows((row) => evaluate(row, env), definition.scale)
    },
    close: async () => prepared.close?.(),
  }
}

/** The metric adds up what it needs itself. */
function ofMetric(whole: ReturnType<NonNullable<Prepared['corpus']>>, needs: readonly EvaluatorNeed[]): CorpusScorer {
  const sum = new RowSum()
  return {
    add(row) {
      const missing = lacking(row, needs)
      if (missing.length > 0) {
        sum.na++
        return notApplicable(`The row has no ${missing.join(' and no ')}.`)
      }
      try {
        whole.add(row)
        sum.scored++
        return undefined
      } catch (error) {
        sum.errors++
        return failedBy(error)
      }
    },
    result() {
      const result = sum.scored > 0 ? whole.result() : notApplicable('There is no row to score.')
      return { ...result, sub: { ...result.sub, n: sum.scored, na: sum.na, errors: sum.errors } }
    },
  }
}

/** The mean of the rows. */
function ofRows(evaluate: (row: EvaluatorRow) => Outcome | Promise<Outcome>, scale: Evaluator['scale']): CorpusScorer {
  const sum = new RowSum()
  const count = (outcome: Outcome) => {
    sum.add(outcome)
    return outcome.status === 'scored' ? undefined : outcome
  }
  return {
    add(row) {
      const outcome = evaluate(row)
      return outcome instanceof Promise ? outcome.then(count) : count(outcome)
    },
    result: () => sum.mean(scale),
  }
}

function versionOf({ id, revision, identity = null }: Evaluator, params: unknown): string {
  return createHash('sha256').update(canonicalJson({ id, revision, identity, params })).digest('hex').slice(0, 16)
}

const infoOf = ({ id, title, kind, scale, higherIsBetter, needs, deterministic, costed }: Evaluator): Omit<EvaluatorInfo, 'params'> => ({
  ...{ id, title, kind, scale, higherIsBetter, deterministic, costed },
  needs: [...needs],
})

const checked = (outcome: Outcome): Outcome =>
  outcome.status === 'scored' && !Number.isFinite(outcome.score) ? scored(outcome.score) : outcome
