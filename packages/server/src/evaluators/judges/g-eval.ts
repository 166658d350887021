import type { EvaluatorUsage } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { type EvaluatorEnv, evaluator, type JudgeAnswer } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { usageOf } from '../usage.ts'
import { JUDGE, Judge, JudgeParams } from './ask.ts'
import { materialOf } from './rubric.ts'

const STEPS = `You plan how answers of a program are to be judged. Write three to six short steps that someone follows to judge one answer by the criteria. The steps must not depend on any one answer.`
const JUDGING = `You judge an answer of another program by going through steps. First give your reasons, then the score as a whole number.`
const Steps = z.object({ steps: z.array(z.string()).min(1).max(12) })
/** What is less likely than this is noise of the model, not a vote (as in the paper's reference programs). */
const LEAST = 0.01

/** G-Eval (Liu et al. 2023): the score that is expected by the probabilities of the score's token, not just the likeliest one. */
export const gEval = evaluator({
  ...JUDGE,
  id: 'g-eval',
  title: 'G-Eval: a model judges by steps, weighted by its probabilities',
  scale: 'unit',
  needs: [],
  identity: [STEPS, JUDGING],
  params: z
    .strictObject({
      criteria: z.string().min(1),
      steps: z
        .array(z.string())
        .min(1)
        .optional()
        .meta({ description: 'How to judge. Where they are left out, a model writes them once for all rows.' }),
      min: z.int().min(0).max(9).default(1),
      max: z.int().min(1).max(9).default(5).meta({ description: 'One digit, so that the score is one token.' }),
      samples: z
        .int()
        .min(1)
        .max(20)
        .default(1)
        .meta({ description: 'How often is asked where there are no log-probabilities; then at temperature 1.' }),
      threshold: z.number().min(0).max(1).default(0.5).meta({ description: 'Passes from this share of the scale on.' }),
      ...JudgeParams,
    })
    .refine(({ min, max }) => min < max, { error: 'must be more than min', path: ['max'] }),
  prepare(params) {
    let planned: Promise<string[]> | undefined
    /** What the steps cost, until a row has said so. */
    let unpaid: EvaluatorUsage | undefined
    const plan = (env: EvaluatorEnv) => {
      if (params.steps) return Promise.resolve(params.steps)
      planned ??= planSteps(params, env).then(
        ({ steps, usage }) => {
          unpaid = usage
          return steps
        },
        (error) => {
          planned = undefined // the next row tries again
          throw error
        },
      )
      return planned
    }
    const { min, max } = params
    const Verdict = z.object({ reason: z.string(), score: z.int().min(min).max(max) })
    return {
      async evaluate(row, env) {
        const steps = await plan(env)
        const planning = unpaid
        unpaid = undefined
        const judge = new Judge(env, params)
        const list = steps.map((step, at) => `${at + 1}. ${step}`).join('\n')
        const question = {
          name: 'verdict',
          system: `${JUDGING} The score goes from ${min} (worst) to ${max} (best).\n\nThe criteria:\n${params.criteria}\n\nThe steps:\n${list}`,
          material: materialOf(row),
          verdict: Verdict,
        }
        const { verdict, answer } = await judge.ask({ ...question, more: { topLogprobs: 20 } })
        const weighted = expectedScore(answer, verdict.score, min, max)
        const scores = [verdict.score]
        while (weighted === undefined && scores.length < params.samples) {
          scores.push((await judge.ask({ ...question, more: { temperature: 1, seed: (env.seed ?? 0) + scores.length } })).verdict.score)
        }
        const raw = weighted ?? scores.reduce((sum, score) => sum + score, 0) / scores.length
        const score = (raw - min) / (max - min)
        const scoring = weighted !== undefined ? 'weighted' : scores.length > 1 ? 'sampled' : 'raw'
        return scored(score, {
          pass: score >= params.threshold,
          reason: verdict.reason,
          sub: { raw, scoring },
          signature: `G-Eval|scale:${min}-${max}|scoring:${scoring}`,
          usage: usageOf([judge.usage, planning]),
        })
      },
    }
  },
})

async function planSteps(params: { criteria: string } & JudgeParams, env: EvaluatorEnv) {
  const judge = new Judge(env, params)
  const { verdict } = await judge.ask({ name: 'steps', system: STEPS, material: { criteria: params.criteria }, verdict: Steps })
  return { steps: verdict.steps, usage: judge.usage }
}

/** Σ score · probability over the alternatives of the token that says the score; undefined where the provider tells none. */
export function expectedScore({ logprobs = [] }: JudgeAnswer, said: number, min: number, max: number): number | undefined {
  const token = logprobs.findLast(({ token }) => digitOf(token) === said)
  if (!token) return undefined
  const weights = new Map<number, number>()
  for (const { token: text, logprob } of token.top.length > 0 ? token.top : [token]) {
    const digit = digitOf(text)
    const probability = Math.exp(logprob)
    if (digit === undefined || digit < min || digit > max || probability < LEAST) continue
    weights.set(digit, (weights.get(digit) ?? 0) + probability)
  }
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  if (all === 0) return undefined
  return [...weights].reduce((sum, [digit, weight]) => sum + digit * weight, 0) / all
}

/** Tokens hold the space or the colon before a digit too. */
const digitOf = (token: string): number | undefined => {
  const digits = token.match(/^[^\d]*(\d)[^\d]*$/)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
