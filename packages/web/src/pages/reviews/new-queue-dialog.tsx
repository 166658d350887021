import type { ReviewQueue } from '@signalbox/schema'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { Chosen } from '../../ui/chosen.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { RubricFields, readRubric, toDraft } from './rubric-fields.tsx'
import { PRESETS, type Preset } from './rubric-presets.ts'

type Props = { project: string; onMade: (queue: ReviewQueue) => unknown; onClose: () => void }

/** Makes a queue. Loaded when it is asked for. */
export default function NewQueueDialog({ project, onMade, onClose }: Props) {
  const [first] = PRESETS as [Preset]
  const [name, setName] = useState('')
  const [reviewers, setReviewers] = useState('2')
  const [preset, setPreset] = useState(first.value)
  const [draft, setDraft] = useState(() => toDraft(first.rubric))
  const choose = (value: string) => {
    setPreset(value)
    setDraft(toDraft((PRESETS.find((one) => one.value === value) ?? first).rubric))
  }
  return (
    <Dialog
      open
      wide
      sticky
      onClose={onClose}
      title="New review queue"
      description="What people are asked about answers, and by which rules."
    >
      <SaveForm
        submitLabel="Make queue"
        onCancel={onClose}
        read={() => {
          const { rubric, problem } = readRubric(draft)
          const problems = { ...(!name.trim() && { name: 'at least one character' }), ...(problem && { questions: problem }) }
          if (!rubric || Object.keys(problems).length > 0) return { problems }
          const reviewersPerItem = Number(reviewers)
          return { send: async () => onMade(await clientFor(project).reviews.create({ name: name.trim(), reviewersPerItem, rubric })) }
        }}
      >
        {(problems) => (
          <>
            <div className="grid grid-cols-2 gap-3">
              <Labelled title="Name" problem={problems.name}>
                {(props) => <Input {...props} value={name} onChange={({ target }) => setName(target.value)} />}
              </Labelled>
              <Chosen
                title="Each item is answered by"
                value={reviewers}
                choices={[
                  { value: '1', label: 'one person' },
                  { value: '2', label: 'two people, blind' },
                  { value: '3', label: 'three people, blind' },
                ]}
                onChange={setReviewers}
              />
            </div>
            <div>
              <Chosen title="Begin with" value={preset} choices={PRESETS.map(({ value, label }) => ({ value, label }))} onChange={choose} />
              <p className="mt-1 text-sm text-faint">{PRESETS.find(({ value }) => value === preset)?.does}</p>
            </div>
            <RubricFields draft={draft} problem={problems.questions} onChange={setDraft} />
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
