import type { Evidence } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { Judge, JudgeParams } from '../judges/ask.ts'
import { notApplicable, scored } from '../outcome.ts'
import { contextOf, referencesOf, textOf } from '../row.ts'
import { sentencesOf } from '../text/sentences.ts'
import { evidenceOf, RAG, SUPPORT, share, supported } from './statements.ts'

const threshold = z.number().min(0).max(1).optional().meta({ description: 'Passes from it on.' })
const passing = (score: number, from: number | undefined) => (from === undefined ? {} : { pass: score >= from })

const USEFUL = `You decide whether a source was useful in arriving at the reference answer to a question. First give your reason, then the verdict: 1 if it was useful, 0 if not.`
const Useful = z.object({ reason: z.string(), verdict: z.union([z.literal(0), z.literal(1)]) })

/** Whether useful sources stand first: the mean of precision at each place that holds a useful one. */
export const contextPrecision = evaluator({
  ...RAG,
  id: 'context-precision',
  title: 'Whether useful sources stand before useless ones',
  needs: ['input', 'context', 'expected'],
  identity: USEFUL,
  params: z.strictObject({ threshold, ...JudgeParams }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const sources = contextOf(row)
      const evidence: Evidence[] = []
      for (const source of sources) {
        const material = { question: textOf(row.input), source, reference: referencesOf(row)[0] ?? '' }
        const { verdict } = await judge.ask({ name: 'verdict', system: USEFUL, material, verdict: Useful })
        evidence.push({ text: source, verdict: verdict.verdict === 1 ? 'useful' : 'useless', reason: verdict.reason })
      }
      const score = averagePrecision(evidence.map(({ verdict }) => verdict === 'useful'))
      return scored(score, { ...passing(score, params.threshold), evidence, usage: judge.usage })
    },
  }),
})

/** 0 where nothing is useful. */
export function averagePrecision(useful: readonly boolean[]): number {
  let [hits, sum] = [0, 0]
  for (const [at, is] of useful.entries()) {
    if (!is) continue
    hits++
    sum += hits / (at + 1)
  }
  return hits === 0 ? 0 : sum / hits
}

/** Sentences of the reference that follow from the sources, by all of them. */
export const contextRecall = evaluator({
  ...RAG,
  id: 'context-recall',
  title: 'How much of the expected answer the sources hold',
  needs: ['context', 'expected'],
  identity: SUPPORT,
  params: z.strictObject({ threshold, ...JudgeParams }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const sentences = sentencesOf(referencesOf(row)[0] ?? '')
      if (sentences.length === 0) return notApplicable('The expected answer is empty.')
      const judged = await supported(judge, sentences, contextOf(row).join('\n---\n'))
      const score = share(judged.map(({ supported }) => supported))
      return scored(score, { ...passing(score, params.threshold), evidence: evidenceOf(judged), usage: judge.usage })
    },
  }),
})

const ENTITIES = `You list the entities of a text: persons, organisations, places, dates, events, products, amounts and the like. Each once, in its fullest form, as the text writes it.`
const Entities = z.object({ entities: z.array(z.string()).max(500) })

export const contextEntityRecall = evaluator({
  ...RAG,
  id: 'context-entity-recall',
  title: 'How many entities of the expected answer the sources name',
  needs: ['context', 'expected'],
  identity: ENTITIES,
  params: z.strictObject({ threshold, ...JudgeParams }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const listed = async (text: string) => {
        const { verdict } = await judge.ask({ name: 'entities', system: ENTITIES, material: { text }, verdict: Entities })
        return new Map(verdict.entities.map((entity) => [entity.normalize('NFKC').trim().toLowerCase(), entity]))
      }
      const wanted = await listed(referencesOf(row)[0] ?? '')
      if (wanted.size === 0) return notApplicable('The expected answer names no entity.', { usage: judge.usage })
      const found = await listed(contextOf(row).join('\n---\n'))
      const evidence = [...wanted].map(([key, text]) => ({ text, verdict: found.has(key) ? 'found' : 'missing' }))
      const score = share(evidence.map(({ verdict }) => verdict === 'found'))
      return scored(score, { ...passing(score, params.threshold), evidence, usage: judge.usage })
    },
  }),
})
