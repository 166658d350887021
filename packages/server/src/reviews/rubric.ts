import {
  AppError,
  type ReviewAnswer,
  type ReviewAnswers,
  type ReviewMeasure,
  type ReviewQuestion,
  type ReviewRubric,
} from '@signalbox/schema'

/** Says what is wrong with answers, in words for who sends them. */
export function assertAnswers(rubric: ReviewRubric, answers: ReviewAnswers): void {
  const known = new Map(rubric.questions.map((question) => [question.id, question]))
  const unknown = Object.keys(answers).find((id) => !known.has(id))
  if (unknown !== undefined)
    throw wrong(`There is no question ${JSON.stringify(unknown)}.`, `Questions are ${[...known.keys()].join(', ')}.`)
  for (const question of rubric.questions) {
    const answer = answers[question.id]
    if (answer === undefined) {
      if (question.required) throw wrong(`${JSON.stringify(question.id)} is not answered.`, `It asks: ${question.title}`)
      continue
    }
    const wanted = wantedOf(question, answer)
    if (wanted !== undefined) throw wrong(`The answer to ${JSON.stringify(question.id)} must be ${wanted}.`, `It asks: ${question.title}`)
  }
}

const wrong = (message: string, hint: string) => new AppError('invalid-request', message, { hint })

/** What an answer has to be, where it is something else. */
function wantedOf(question: ReviewQuestion, answer: ReviewAnswer): string | undefined {
  const isText = typeof answer === 'string'
  switch (question.kind) {
    case 'binary':
      return typeof answer === 'boolean' ? undefined : 'true or false'
    case 'ordinal':
      return isText && has(question.options, answer) ? undefined : `one of ${valuesOf(question.options)}`
    case 'labels': {
      if (!question.many) return isText && has(question.options, answer) ? undefined : `one of ${valuesOf(question.options)}`
      const list = Array.isArray(answer) && answer.every((one) => typeof one === 'string' && has(question.options, one))
      return list ? undefined : `a list of ${valuesOf(question.options)}; an empty one where none applies`
    }
    case 'spans': {
      const list = Array.isArray(answer) && answer.every((one) => typeof one === 'object' && has(question.options, one.label))
      return list ? undefined : `a list of { start, end, label } with a label of ${valuesOf(question.options)}`
    }
    case 'pairwise': {
      const may = question.tie ? ['a', 'b', 'tie'] : ['a', 'b']
      return isText && may.includes(answer) ? undefined : `one of ${may.join(', ')}`
    }
    case 'correction':
      return isText ? undefined : 'a text; an empty one where nothing is to be corrected'
  }
}

type Options = readonly { value: string }[]
const has = (options: Options, value: string) => options.some((option) => option.value === value)
const valuesOf = (options: Options) => options.map(({ value }) => value).join(', ')

/** Whether two people said the same. A correction is a proposal, and none disagrees with another. */
export function sameAnswer(question: ReviewQuestion, one: ReviewAnswer | undefined, other: ReviewAnswer | undefined): boolean {
  if (question.kind === 'correction') return true
  if (question.kind === 'spans') return sameSpans(one, other)
  return asText(one) === asText(other)
}

const asText = (answer: ReviewAnswer | undefined): string =>
  JSON.stringify(Array.isArray(answer) ? answer.map((part) => JSON.stringify(part)).sort() : (answer ?? null))

type Place = { start: number; end: number; label: string }
export const spansOf = (answer: ReviewAnswer | undefined): Place[] =>
  Array.isArray(answer) ? answer.filter((part) => typeof part === 'object') : []

/** Each place of one has a place of the other with its label that shares half of what both cover. */
function sameSpans(one: ReviewAnswer | undefined, other: ReviewAnswer | undefined): boolean {
  const [first, second] = [spansOf(one), spansOf(other)]
  const near = (a: Place, b: Place) => {
    const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start)
    return a.label === b.label && shared / (Math.max(a.end, b.end) - Math.min(a.start, b.start)) >= 0.5
  }
  return first.length === second.length && first.every((a) => second.some((b) => near(a, b)))
}

/** One thing that can be compared between people, and with a judge: with many labels each of them is one. */
export type Measure = ReviewMeasure & {
  scoreName: string
  /** What was said, as a place among the categories; null where nothing was. */
  placeOf(answers: ReviewAnswers): number | null
  /** Whether it is good enough; null where nobody said what is. */
  passOf(answers: ReviewAnswers): boolean | null
  /** From 0 to 1, for means; null where it has no order. */
  scoreOf(answers: ReviewAnswers): number | null
}

export const measuresOf = (rubric: ReviewRubric): Measure[] => rubric.questions.flatMap(measuresOfQuestion)

function measuresOfQuestion(question: ReviewQuestion): Measure[] {
  const { id, title, scoreName = id } = question
  const at = (answers: ReviewAnswers) => answers[id]
  switch (question.kind) {
    case 'binary': {
      const passOf = (answers: ReviewAnswers) => (typeof at(answers) === 'boolean' ? at(answers) === question.passes : null)
      return [
        {
          ...{ id, title, scoreName, level: 'nominal', categories: [question.no, question.yes], passOf },
          placeOf: (answers) => (typeof at(answers) === 'boolean' ? Number(at(answers)) : null),
          scoreOf: (answers) => numberOf(passOf(answers)),
        },
      ]
    }
    case 'ordinal':
    case 'labels': {
      if (question.kind === 'labels' && question.many) return question.options.map((option) => flagOf(question, option))
      const { options } = question
      const placeOf = (answers: ReviewAnswers) => placeIn(options, at(answers))
      const judged = options.some(({ pass }) => pass !== undefined)
      const passOf = (answers: ReviewAnswers) => {
        const place = placeOf(answers)
        return place === null || !judged ? null : options[place]?.pass === true
      }
      const scores = options.map((option, place) => option.score ?? place)
      const [least, most] = [Math.min(...scores), Math.max(...scores)]
      const ordinal = question.kind === 'ordinal'
      return [
        {
          ...{ id, title, scoreName, level: ordinal ? 'ordinal' : 'nominal', placeOf, passOf },
          categories: options.map((option) => option.title ?? option.value),
          scoreOf: (answers) => {
            const place = placeOf(answers)
            if (place === null) return null
            return ordinal && most > least ? ((scores[place] ?? 0) - least) / (most - least) : numberOf(passOf(answers))
          },
        },
      ]
    }
    case 'spans':
      return question.options.map((option) => flagOf(question, option))
    case 'pairwise': {
      const places = question.tie ? ['a', 'b', 'tie'] : ['a', 'b']
      const placeOf = (answers: ReviewAnswers) => (typeof at(answers) === 'string' ? places.indexOf(at(answers) as string) : null)
      return [{ ...{ id, title, scoreName, level: 'nominal', categories: places, placeOf, passOf: () => null, scoreOf: () => null } }]
    }
    case 'correction':
      return []
  }
}

/** Of several labels, or of marked places: whether this one was given. A flag is bad unless somebody said that it passes. */
function flagOf(
  { id, title, scoreName = id }: ReviewQuestion,
  option: { value: string; title?: string | undefined; pass?: boolean | undefined },
): Measure {
  const given = (answers: ReviewAnswers): boolean | null => {
    const answer = answers[id]
    if (!Array.isArray(answer)) return null
    return answer.some((one) => (typeof one === 'string' ? one : one.label) === option.value)
  }
  const passOf = (answers: ReviewAnswers) => (given(answers) === null ? null : given(answers) === (option.pass === true))
  return {
    id: `${id}:${option.value}`,
    title: `${title}: ${option.title ?? option.value}`,
    scoreName: `${scoreName}:${option.value}`,
    level: 'nominal',
    categories: ['no', 'yes'],
    placeOf: (answers) => numberOf(given(answers)),
    passOf,
    scoreOf: (answers) => numberOf(passOf(answers)),
  }
}

const numberOf = (value: boolean | null): number | null => (value === null ? null : Number(value))
const placeIn = (options: Options, answer: ReviewAnswer | undefined): number | null => {
  const place = options.findIndex(({ value }) => value === answer)
  return place === -1 ? null : place
}

export const toMeasure = ({ id, title, level, categories }: Measure): ReviewMeasure => ({ id, title, level, categories })
