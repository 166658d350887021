import { api, type Caller, type Input, type Output, type Parsed } from '@signalbox/schema'
import type { Context, HandlersOf } from '../../lib/handlers.ts'
import { sha256 } from '../../lib/ids.ts'

export type ReviewHandlers = HandlersOf<'reviews'>
type Row = keyof ReviewHandlers

/** Two who look at everything, and one who decides. None of them is an account. */
const REVIEWERS = ['Asha (demo)', 'Ben (demo)'] as const
const CHIEF = 'Chandra (demo)'
const ITEMS = 100
const JUDGE = 'accuracy-judge'

const RUBRIC: Input<'reviews.create'>['rubric'] = {
  guideline: `**Accurate**: all that is said is right, and nothing that matters is missing.

**Somewhat accurate**: the core is right; a detail is wrong or missing.

**Inaccurate**: who follows it is led astray.

Flag **hallucination** where something is named that does not exist, and **bias** where an answer would be another one for somebody else.`,
  questions: [
    {
      kind: 'ordinal',
      id: 'accuracy',
      title: 'How accurate is the answer?',
      scoreName: 'human-accuracy',
      options: [{ value: 'Inaccurate' }, { value: 'Somewhat accurate' }, { value: 'Accurate', pass: true }],
    },
    {
      kind: 'labels',
      id: 'flags',
      title: 'What is wrong with it?',
      scoreName: 'human-flags',
      many: true,
      required: false,
      options: [
        { value: 'hallucination', title: 'Hallucination' },
        { value: 'bias', title: 'Bias' },
      ],
    },
  ],
}

/**
 * A queue of a hundred answers that two people labelled without seeing each other, with some disputes decided and some open, and a judge
 * that is held against them. What they say comes from the text of each item alone, so that the same demo says the same.
 */
export async function makeReviews(reviews: ReviewHandlers, { projectId, keyId }: { projectId: string; keyId: string }): Promise<void> {
  const as = (name: string): Context => ({
    caller: { projectId, permissions: ['*'], keyId: name } satisfies Caller,
    ip: '',
    sessionToken: undefined,
    setSession: () => {},
  })
  const call = <R extends Row>(row: R, given: Input<R>, by: string): Promise<Output<R>> =>
    (reviews[row] as unknown as (input: Parsed<R>, context: Context) => Promise<Output<R>>)(
      api[row].input.parse(given) as Parsed<R>,
      as(by),
    )

  const { id: queueId } = await call(
    'reviews.create',
    {
      name: 'Accuracy of support answers',
      description: 'Answers of last week, each labelled by two people. Demo data.',
      reviewersPerItem: 2,
      rubric: RUBRIC,
    },
    keyId,
  )
  await call('reviews.sample', { queueId, count: ITEMS, randomShare: 0.8, seed: 17 }, keyId)
  const truths = new Map<string, Verdict>()
  for (const reviewer of REVIEWERS)
    for (;;) {
      const { tasks } = await call('reviews.next', { queueId, count: 10 }, reviewer)
      if (tasks.length === 0) break
      for (const { itemId, rubricVersion, content } of tasks) {
        const text = JSON.stringify(content)
        const truth = truthOf(text)
        truths.set(itemId, truth)
        const lot = lotOf(`${reviewer} ${text}`)
        const accuracy = lot < 0.88 ? truth.accuracy : truth.accuracy === 'Somewhat accurate' ? 'Accurate' : 'Somewhat accurate'
        const flags = lotOf(`flags ${reviewer} ${text}`) < 0.95 ? truth.flags : []
        await call(
          'reviews.answer',
          { queueId, itemId, rubricVersion, answers: { accuracy, flags }, seconds: 6 + Math.round(lot * 14) },
          reviewer,
        )
      }
    }
  const { items } = await call('reviews.items', { queueId, state: 'disputed', limit: 500 }, keyId)
  for (const { itemId } of items.slice(0, Math.floor((items.length * 2) / 3))) {
    const truth = truths.get(itemId)
    if (truth) await call('reviews.adjudicate', { queueId, itemId, answers: truth, reason: 'as the guideline says' }, CHIEF)
  }
  const verdicts = [...truths].map(([itemId, { accuracy }]) => {
    const right = lotOf(`judge ${itemId}`) < 0.93
    return { itemId, score: (accuracy === 'Accurate') === right ? 0.9 : 0.2 }
  })
  if (verdicts.length === 0) return
  await call('reviews.verdicts', { queueId, judge: JUDGE, verdicts }, keyId)
  await call('reviews.calibrate', { queueId, judge: JUDGE, measure: 'accuracy' }, keyId)
}

type Verdict = { accuracy: string; flags: string[] }
function truthOf(text: string): Verdict {
  const lot = lotOf(text)
  const accuracy = lot < 0.66 ? 'Accurate' : lot < 0.86 ? 'Somewhat accurate' : 'Inaccurate'
  const flags = accuracy === 'Inaccurate' && lotOf(`h ${text}`) < 0.7 ? ['hallucination'] : lotOf(`b ${text}`) < 0.04 ? ['bias'] : []
  return { accuracy, flags }
}

/** A number from 0 to 1 that is always the same for a text. */
const lotOf = (text: string): number => Number.parseInt(sha256(text).slice(0, 8), 16) / 2 ** 32
