import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { reviewsChanged } from '../../data/reviews.ts'
import { useView } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { resolveTimeRange } from '../../lib/time-range.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { toast } from '../../ui/toast.tsx'

type Props = { project: string; queueId: string; onClose: () => void }

/** Draws items from the calls of the time that the page shows. */
export default function SampleDialog({ project, queueId, onClose }: Props) {
  const cache = useQueryClient()
  const view = useView()
  const [count, setCount] = useState('100')
  const [share, setShare] = useState('10')
  const [prompt, setPrompt] = useState('')
  const [model, setModel] = useState('')
  return (
    <Dialog
      open
      onClose={onClose}
      title="Draw a sample"
      description="Of the calls in the time and environment that are chosen above, newest first, at most 500 of them. Always a part by lot; the rest where judges are unsure, do not agree, a guardrail acted, or a user complained."
    >
      <SaveForm
        submitLabel="Draw"
        onCancel={onClose}
        read={() => {
          const [many, percent] = [Number(count), Number(share)]
          const problems = {
            ...((!Number.isInteger(many) || many < 1 || many > 500) && { count: 'a whole number from 1 to 500' }),
            ...((Number.isNaN(percent) || percent < 5 || percent > 100) && { share: 'from 5 to 100' }),
          }
          if (Object.keys(problems).length > 0) return { problems }
          const filter = [
            ...view.environmentFilters,
            ...(prompt.trim() ? [{ field: 'promptName', op: 'eq' as const, value: prompt.trim() }] : []),
            ...(model.trim() ? [{ field: 'model', op: 'eq' as const, value: model.trim() }] : []),
          ]
          const { from, to } = resolveTimeRange(view.range, Date.now())
          return {
            send: async () => {
              const drawn = await clientFor(project).reviews.sample({
                ...{ queueId, filter, count: many, randomShare: percent / 100 },
                ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
              })
              await reviewsChanged(cache, project)
              toast({
                title: `${plural(drawn.added, 'item')} added`,
                description: `${plural(drawn.candidates, 'call')} looked at, ${drawn.already} in the queue already, ${drawn.missing.length} without content.`,
              })
              onClose()
            },
          }
        }}
      >
        {(problems) => (
          <>
            <div className="grid grid-cols-2 gap-3">
              <Labelled title="Items" problem={problems.count}>
                {(props) => <Input {...props} inputMode="numeric" value={count} onChange={({ target }) => setCount(target.value)} />}
              </Labelled>
              <Labelled title="Of them by lot (%)" help="Only these say what holds for all calls." problem={problems.share}>
                {(props) => <Input {...props} inputMode="decimal" value={share} onChange={({ target }) => setShare(target.value)} />}
              </Labelled>
            </div>
            <div className="grid grid-cols-2 gap-3">
              <Labelled title="Only of the prompt" aside="if you like">
                {(props) => <Input {...props} value={prompt} onChange={({ target }) => setPrompt(target.value)} />}
              </Labelled>
              <Labelled title="Only of the model" aside="if you like">
                {(props) => <Input {...props} value={model} onChange={({ target }) => setModel(target.value)} />}
              </Labelled>
            </div>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
