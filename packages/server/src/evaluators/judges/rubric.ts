import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { contextOf, referencesOf, textOf } from '../row.ts'
import { JUDGE, Judge, JudgeParams } from './ask.ts'

/** All that a row says of an answer, as material. */
export function materialOf(row: EvaluatorRow): Record<string, string> {
  const references = referencesOf(row)
  const context = contextOf(row)
  return {
    ...(row.input === undefined ? {} : { question: textOf(row.input) }),
    ...(context.length > 0 ? { sources: context.join('\n---\n') } : {}),
    ...(references.length > 0 ? { reference: references.join('\n---\n') } : {}),
    answer: textOf(row.output),
  }
}

const reason = z.string().meta({ description: 'Two or three sentences, written before the verdict is decided.' })

const RUBRIC = `You judge the answer of another program by a rubric. First give your reasons, then the verdict: a score from 0 (nothing of the rubric is met) to 1 (all of it is), and whether the answer passes. Judge by the rubric alone; length and politeness count only where it says so.`
const RubricVerdict = z.object({ reason, score: z.number().min(0).max(1), pass: z.boolean() })

export const rubric = evaluator({
  ...JUDGE,
  id: 'rubric',
  title: 'A model judges by a rubric',
  scale: 'unit',
  needs: [],
  identity: RUBRIC,
  params: z.strictObject({
    rubric: z.string().min(1),
    threshold: z.number().min(0).max(1).optional().meta({ description: 'Passes only from this score on.' }),
    ...JudgeParams,
  }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const system = `${RUBRIC}\n\nThe rubric:\n${params.rubric}`
      const { verdict } = await judge.ask({ name: 'verdict', system, material: materialOf(row), verdict: RubricVerdict })
      const pass = verdict.pass && (params.threshold === undefined || verdict.score >= params.threshold)
      return scored(verdict.score, { pass, reason: verdict.reason, usage: judge.usage })
    },
  }),
})

const CLOSED_QA = `You decide whether the answer of another program meets one criterion. First give your reasons, then the verdict: "Y" if the criterion is met, "N" if it is not. Whether the answer is good otherwise does not matter.`
const ClosedVerdict = z.object({ reason, verdict: z.enum(['Y', 'N']) })

export const closedQa = evaluator({
  ...JUDGE,
  id: 'closed-qa',
  title: 'A model says whether one criterion is met',
  scale: 'binary',
  needs: [],
  identity: CLOSED_QA,
  params: z.strictObject({ criterion: z.string().min(1), ...JudgeParams }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const system = `${CLOSED_QA}\n\nThe criterion:\n${params.criterion}`
      const { verdict } = await judge.ask({ name: 'verdict', system, material: materialOf(row), verdict: ClosedVerdict })
      const pass = verdict.verdict === 'Y'
      return scored(pass ? 1 : 0, { pass, reason: verdict.reason, usage: judge.usage })
    },
  }),
})

const FACTUALITY = `You compare the facts of an answer with those of a reference written by an expert. Style, grammar and punctuation do not matter. First give your reasons, then the one choice that fits:
A: the facts of the answer are a subset of the reference's, and do not conflict with it.
B: they are a superset, and do not conflict with it.
C: they are the same.
D: answer and reference disagree.
E: they differ, but not in what matters for being right.`
const FactVerdict = z.object({ reason, choice: z.enum(['A', 'B', 'C', 'D', 'E']) })

export const factuality = evaluator({
  ...JUDGE,
  id: 'factuality',
  title: 'A model compares the facts with those of the expected answer',
  scale: 'unit',
  needs: ['expected'],
  identity: FACTUALITY,
  params: z.strictObject({
    scores: z
      .strictObject({ A: z.number(), B: z.number(), C: z.number(), D: z.number(), E: z.number() })
      .partial()
      .default({})
      .meta({ description: 'By default A 0.4, B 0.6, C 1, D 0, E 1.' }),
    passing: z.array(z.enum(['A', 'B', 'C', 'D', 'E'])).default(['A', 'B', 'C', 'E']),
    ...JudgeParams,
  }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const { verdict } = await judge.ask({ name: 'verdict', system: FACTUALITY, material: materialOf(row), verdict: FactVerdict })
      const { choice, reason } = verdict
      const score = params.scores[choice] ?? { A: 0.4, B: 0.6, C: 1, D: 0, E: 1 }[choice]
      return scored(score, { pass: params.passing.includes(choice), sub: { choice }, reason, usage: judge.usage })
    },
  }),
})
