import type { ReviewAnswers, ReviewQuestion, ReviewRubric } from '@signalbox/schema'
import { sameAnswer } from './rubric.ts'

export type Decision = { state: 'done'; by: 'reviewer' | 'consensus' | 'majority'; answers: ReviewAnswers } | { state: 'disputed' }

/** What answers that are all in come to. They stand in the order in which they came. */
export function decide(rubric: ReviewRubric, given: readonly ReviewAnswers[], dispute: 'adjudicate' | 'majority'): Decision {
  const [first = {}] = given
  if (given.length === 1) return { state: 'done', by: 'reviewer', answers: first }
  const agreed = (question: ReviewQuestion) => given.every((answers) => sameAnswer(question, first[question.id], answers[question.id]))
  const open = rubric.questions.filter((question) => !agreed(question))
  const answers = { ...first, ...correctionsOf(rubric, given) }
  if (open.length === 0) return { state: 'done', by: 'consensus', answers }
  if (dispute === 'adjudicate') return { state: 'disputed' }
  for (const question of open) {
    const most = given.find(
      (one) => given.filter((other) => sameAnswer(question, one[question.id], other[question.id])).length * 2 > given.length,
    )
    if (!most) return { state: 'disputed' }
    const answer = most[question.id]
    if (answer === undefined) delete answers[question.id]
    else answers[question.id] = answer
  }
  return { state: 'done', by: 'majority', answers }
}

/** The first correction that says something. */
const correctionsOf = ({ questions }: ReviewRubric, given: readonly ReviewAnswers[]): ReviewAnswers =>
  Object.fromEntries(
    questions.flatMap(({ kind, id }) => {
      const said =
        kind === 'correction' ? given.map((answers) => answers[id]).find((answer) => answer !== undefined && answer !== '') : undefined
      return said === undefined ? [] : [[id, said]]
    }),
  )
