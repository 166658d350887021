import type { ReviewRubric } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { reviewsChanged } from '../../data/reviews.ts'
import { plural } from '../../lib/format-number.ts'
import { Chosen } from '../../ui/chosen.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { toast } from '../../ui/toast.tsx'
import { RubricFields, readRubric, toDraft } from './rubric-fields.tsx'

type Props = { project: string; queueId: string; rubric: ReviewRubric; version: number; onClose: () => void }

/** Makes the next version of a rubric. What becomes of answers under the old one is for who changes it to say. */
export default function RubricDialog({ project, queueId, rubric, version, onClose }: Props) {
  const cache = useQueryClient()
  const [draft, setDraft] = useState(() => toDraft(rubric))
  const [answered, setAnswered] = useState<'keep' | 'ask-again'>('keep')
  const [message, setMessage] = useState('')
  return (
    <Dialog
      open
      wide
      sticky
      onClose={onClose}
      title="Change the rubric"
      description={`Makes version ${version + 1}. Agreement is never worked out over two versions.`}
    >
      <SaveForm
        submitLabel="Save version"
        onCancel={onClose}
        read={() => {
          const { rubric: next, problem } = readRubric(draft)
          if (!next) return { problems: { questions: problem ?? '' } }
          return {
            send: async () => {
              const made = await clientFor(project).reviews.setRubric({
                queueId,
                rubric: next,
                answered,
                message,
                expectedVersion: version,
              })
              await reviewsChanged(cache, project)
              toast({
                title: `Version ${made.rubricVersion} is asked now`,
                description: `${plural(made.moved, 'item')} under the new version, ${made.kept} under earlier ones.`,
              })
              onClose()
            },
          }
        }}
      >
        {(problems) => (
          <>
            <RubricFields draft={draft} problem={problems.questions} onChange={setDraft} />
            <div className="grid grid-cols-2 gap-3">
              <Chosen
                title="Items that have an answer"
                value={answered}
                choices={[
                  { value: 'keep', label: 'stay with their version' },
                  { value: 'ask-again', label: 'are asked again' },
                ]}
                onChange={(value) => setAnswered(value as 'keep' | 'ask-again')}
              />
              <Labelled title="What is different" aside="if you like">
                {(props) => <Input {...props} value={message} onChange={({ target }) => setMessage(target.value)} />}
              </Labelled>
            </div>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
