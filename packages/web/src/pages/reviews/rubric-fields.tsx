import { ReviewRubric } from '@signalbox/schema'
import { Labelled } from '../../ui/labelled.tsx'
import { TextArea } from './text-area.tsx'

export type RubricDraft = { guideline: string; questions: string }
export const toDraft = ({ guideline = '', questions }: { guideline?: string | undefined; questions: readonly object[] }): RubricDraft => ({
  guideline,
  questions: JSON.stringify(questions, null, 2),
})

/** The rubric that was written, or what is wrong with it. */
export function readRubric({
  guideline,
  questions,
}: RubricDraft): { rubric: ReviewRubric; problem?: never } | { problem: string; rubric?: never } {
  let parsed: unknown
  try {
    parsed = JSON.parse(questions)
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : error}` }
  }
  const { data, error } = ReviewRubric.safeParse({ guideline, questions: parsed })
  if (data) return { rubric: data }
  const [issue] = error.issues
  return { problem: `${issue?.path.slice(1).join('.') || 'The list'}: ${issue?.message}` }
}

type Props = { draft: RubricDraft; problem: string | undefined; onChange: (draft: RubricDraft) => void }
/** What reviewers read, and what they are asked. */
export const RubricFields = ({ draft, problem, onChange }: Props) => (
  <>
    <Labelled title="Guideline" aside="Markdown" help="What each answer means, with examples. Reviewers have it beside every item.">
      {(props) => (
        <TextArea {...props} rows={4} value={draft.guideline} onChange={({ target }) => onChange({ ...draft, guideline: target.value })} />
      )}
    </Labelled>
    <Labelled
      title="Questions"
      aside="JSON"
      help="kind: binary, ordinal, labels, spans, pairwise or correction. `pass` says which options are good enough: a judge is held against that."
      problem={problem}
    >
      {(props) => (
        <TextArea
          {...props}
          rows={10}
          spellCheck={false}
          className="font-mono text-sm"
          value={draft.questions}
          onChange={({ target }) => onChange({ ...draft, questions: target.value })}
        />
      )}
    </Labelled>
  </>
)
