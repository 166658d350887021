import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { Judge, JudgeParams } from '../judges/ask.ts'
import { scored } from '../outcome.ts'
import { textOf } from '../row.ts'
import { cosine, embedAll } from './similarity.ts'
import { RAG } from './statements.ts'

const GUESS = `You are given an answer. Write the question that it answers, and say whether the answer is noncommittal: evasive, vague or ambiguous, such as "I don't know" or "I'm not sure".`
const Guess = z.object({ question: z.string(), noncommittal: z.boolean() })

/** Mean similarity of the question to those that the answer would answer; 0 where all of them were noncommittal (Ragas). */
export const answerRelevancy = evaluator({
  ...RAG,
  id: 'answer-relevancy',
  title: 'Whether the answer is one to this question',
  needs: ['input'],
  identity: GUESS,
  params: z.strictObject({
    strictness: z.int().min(1).max(10).default(3).meta({ description: 'How many questions are guessed.' }),
    embeddingModel: z.string().optional(),
    threshold: z.number().optional().meta({ description: 'Passes from it on.' }),
    ...JudgeParams,
  }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const guesses: z.output<typeof Guess>[] = []
      for (let at = 0; at < params.strictness; at++) {
        const more = { seed: (env.seed ?? 0) + at, ...(params.temperature === 0 && params.strictness > 1 ? { temperature: 0.7 } : {}) }
        guesses.push(
          (await judge.ask({ name: 'guess', system: GUESS, material: { answer: textOf(row.output) }, verdict: Guess, more })).verdict,
        )
      }
      const [question, ...others] = await embedAll(
        env,
        [textOf(row.input), ...guesses.map(({ question }) => question)],
        params.embeddingModel,
      )
      const similarities = others.map((other) => cosine(question as number[], other))
      const noncommittal = guesses.every(({ noncommittal }) => noncommittal)
      const score = noncommittal ? 0 : similarities.reduce((sum, value) => sum + value, 0) / similarities.length
      return scored(score, {
        ...(params.threshold === undefined ? {} : { pass: score >= params.threshold }),
        sub: { noncommittal },
        evidence: guesses.map(({ question }, at) => ({ text: question, verdict: (similarities[at] as number).toFixed(4) })),
        ...(noncommittal ? { reason: 'The answer is noncommittal.' } : {}),
        usage: judge.usage,
      })
    },
  }),
})
