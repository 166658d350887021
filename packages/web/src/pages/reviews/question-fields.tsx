import type { ReviewAnswer, ReviewAnswers, ReviewQuestion } from '@signalbox/schema'
import { Check } from 'lucide-react'
import { classNames } from '../../lib/class-names.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { selectedPlace } from './content-view.tsx'
import { TextArea } from './text-area.tsx'

export type Choice = { value: boolean | string; title: string }

/** What the keys 1 to 9 choose of a question. */
export function choicesOf(question: ReviewQuestion, swapped: boolean): Choice[] {
  switch (question.kind) {
    case 'binary':
      return [
        { value: true, title: question.yes },
        { value: false, title: question.no },
      ]
    case 'ordinal':
    case 'labels':
    case 'spans':
      return question.options.map(({ value, title = value }) => ({ value, title }))
    case 'pairwise':
      return [
        { value: swapped ? 'b' : 'a', title: 'The first' },
        { value: swapped ? 'a' : 'b', title: 'The second' },
        ...(question.tie ? [{ value: 'tie', title: 'No difference' }] : []),
      ]
    case 'correction':
      return []
  }
}

/** The answer after a choice was pressed; undefined takes it away. */
export function chosen(question: ReviewQuestion, before: ReviewAnswer | undefined, { value }: Choice): ReviewAnswer | undefined {
  if (question.kind === 'labels' && question.many) {
    const list = Array.isArray(before) ? before.filter((one): one is string => typeof one === 'string') : []
    return list.includes(String(value)) ? list.filter((one) => one !== value) : [...list, String(value)]
  }
  if (question.kind === 'spans') {
    const list = Array.isArray(before) ? before.filter((one) => typeof one === 'object') : []
    const place = selectedPlace()
    return place ? [...list.filter(({ start, end }) => end <= place.start || start >= place.end), { ...place, label: String(value) }] : list
  }
  return before === value ? undefined : value
}

const isChosen = (answer: ReviewAnswer | undefined, value: boolean | string): boolean =>
  Array.isArray(answer) ? answer.some((one) => (typeof one === 'string' ? one : one.label) === value) : answer === value

/** With what is not asked for left out, and lists there where nothing was chosen. */
export function toSend(
  questions: readonly ReviewQuestion[],
  answers: ReviewAnswers,
): { answers: ReviewAnswers; missing: ReviewQuestion | undefined } {
  const sent: ReviewAnswers = {}
  let missing: ReviewQuestion | undefined
  for (const question of questions) {
    const answer = answers[question.id]
    const isList = question.kind === 'spans' || (question.kind === 'labels' && question.many)
    if (answer !== undefined && answer !== '') sent[question.id] = answer
    else if (isList) sent[question.id] = []
    else if (question.required) missing ??= question
  }
  return { answers: sent, missing }
}

type Props = {
  questions: readonly ReviewQuestion[]
  answers: ReviewAnswers
  swapped: boolean
  /** The one that the keys answer. */
  active: string
  onActive: (id: string) => void
  onAnswer: (id: string, answer: ReviewAnswer | undefined) => void
}

/** The questions with what can be answered; the keys of the active one stand beside it. */
export function QuestionFields({ questions, answers, swapped, active, onActive, onAnswer }: Props) {
  return (
    <div className="flex flex-col gap-3">
      {questions.map((question) => (
        <fieldset
          key={question.id}
          onFocus={() => onActive(question.id)}
          className={classNames(
            'rounded-md border px-3 pt-1 pb-3',
            question.id === active ? 'border-accent bg-surface-1' : 'border-line bg-surface-1',
          )}
        >
          <legend className="px-1 font-medium">
            {question.title} {!question.required && <span className="font-normal text-faint">(if so)</span>}
          </legend>
          {question.help && <p className="mb-2 text-sm text-faint">{question.help}</p>}
          {question.kind === 'correction' ? (
            <TextArea
              aria-label={question.title}
              rows={3}
              value={String(answers[question.id] ?? '')}
              onChange={({ target }) => onAnswer(question.id, target.value)}
              onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
            />
          ) : (
            <div className="flex flex-col gap-1">
              {question.kind === 'spans' && <p className="text-sm text-faint">Select a place of the answer, then say what it is.</p>}
              {choicesOf(question, swapped).map((choice, at) => {
                const pressed = isChosen(answers[question.id], choice.value)
                return (
                  <button
                    key={String(choice.value)}
                    type="button"
                    aria-pressed={pressed}
                    onMouseDown={(event) => question.kind === 'spans' && event.preventDefault()}
                    onClick={() => {
                      onActive(question.id)
                      onAnswer(question.id, chosen(question, answers[question.id], choice))
                    }}
                    className={classNames(
                      'flex min-h-8 items-center gap-2 rounded-md border px-2 text-left',
                      pressed ? 'border-accent bg-accent-soft' : 'border-line-strong bg-surface-1 hover:bg-surface-2',
                    )}
                  >
                    <span className={classNames(question.id !== active && 'invisible')}>
                      <Kbd>{String(at + 1)}</Kbd>
                    </span>
                    <span className="min-w-0 flex-1">{choice.title}</span>
                    {pressed && <Check size={14} className="text-accent" aria-hidden />}
                  </button>
                )
              })}
            </div>
          )}
        </fieldset>
      ))}
    </div>
  )
}
