import type { CacheRecord } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { ClientDialect } from '../doors.ts'
import type { AnswerStore } from './answer-store.ts'
import type { CachePlan } from './cache-plan.ts'
import { leftOut } from './cached-operations.ts'
import { canonicalText } from './canonical-text.ts'
import type { KeptAnswer } from './kept-answer.ts'
import { questionOf } from './question-of.ts'
import { Questions, type Vector } from './questions.ts'
import { differencesOf } from './verify-question.ts'

type Asking = {
  plan: CachePlan
  dialect: ClientDialect
  /** Spans whose answers are not given any more. */
  rejected: readonly string[]
  /** The project keeps content, so the questions may be in the record. */
  mayTell: boolean
  embed(model: string, text: string): Promise<Vector | undefined>
}

/** What a question is close to. */
export type Seen = {
  /** The kept answer that may be given, and what is to be said of it. */
  match?: { key: string } & Pick<CacheRecord, 'similarity' | 'question' | 'keptQuestion'>
  /** One that was close enough and is about something else. */
  refused?: Omit<CacheRecord, 'status'>
  /** Keeps the question with its answer. */
  add(kept: KeptAnswer, key: string): void
  /** There is no such answer any more. */
  forget(key: string): void
}
/** Undefined where questions cannot be compared: the last turn is not words alone, or there is no vector of it. */
export type Semantic = { find(asking: Asking): Promise<Seen | undefined> }

/** How many of those that are close are looked at. */
const MOST_LOOKS = 5
const MOST_TOLD = 500

/**
 * Answers to questions that mean the same. All else of the request is the scope: only the last question may differ. Close vectors
 * alone are not enough, since they are close for opposites, too.
 */
export function semanticOf(store: AnswerStore): Semantic {
  const questions = new Questions(store)
  return {
    async find({ plan, dialect, rejected, mayTell, embed }) {
      const { config } = plan
      const asked = questionOf(dialect, plan.body)
      if (!asked || config.embeddings === undefined) return undefined
      const vector = await embed(config.embeddings, asked.question)
      if (!vector) return undefined
      const scope = sha256(`${plan.scope}\n${canonicalText(asked.rest, leftOut(dialect))}`)
      const seen: Seen = {
        add: ({ span, at }, key) =>
          questions.add(scope, { question: asked.question, key, span, until: at + config.ttlSeconds * 1000 }, vector),
        forget: (key) => questions.forget(scope, key),
      }
      const near = (await questions.nearest(scope, vector, config.similarity)).filter(({ span }) => !rejected.includes(span))
      for (const { key, span, question, similarity } of near.slice(0, MOST_LOOKS)) {
        const told = {
          similarity: Math.round(similarity * 1e6) / 1e6,
          ...(mayTell && { question: asked.question.slice(0, MOST_TOLD), keptQuestion: question.slice(0, MOST_TOLD) }),
        }
        const differences = differencesOf(asked.question, question)
        if (differences.length === 0) return { ...seen, match: { key, ...told } }
        // Of numbers and names only the kind, where nothing of the content may be written.
        const refused = mayTell ? differences : differences.map((difference) => difference.split(':')[0] ?? '')
        seen.refused ??= { of: span, ...told, refused }
      }
      return seen
    },
  }
}
