import type { ExperimentDetail } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { experimentsChanged } from '../../../data/experiments.ts'
import { useProject } from '../../../data/view.ts'
import { Chosen } from '../../../ui/chosen.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { SaveForm } from '../../../ui/save-form.tsx'
import { toast } from '../../../ui/toast.tsx'

/** Makes a variant what later experiments of the name are held against. Loaded when it is asked for. */
export default function PinDialog({ detail, onClose }: { detail: ExperimentDetail; onClose: () => void }) {
  const project = useProject()
  const cache = useQueryClient()
  const [variant, setVariant] = useState(detail.variants[0] ?? '')
  const [why, setWhy] = useState('')
  const send = async () => {
    await clientFor(project).experiments.pin({ id: detail.id, variant, why: why.trim() })
    await experimentsChanged(cache, project)
    toast({ title: `“${variant}” is the baseline`, description: `Later experiments named “${detail.name}” are held against it.` })
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Pin as baseline"
      description={`Later experiments named “${detail.name}” are held against it, on the rows that both have.`}
    >
      <SaveForm
        submitLabel="Pin"
        onCancel={onClose}
        read={() => (why.trim() === '' ? { problems: { why: 'Say why: a baseline moves the bar for everybody' } } : { send })}
      >
        {(problems) => (
          <>
            <Chosen
              title="Variant"
              value={variant}
              choices={detail.variants.map((one) => ({ value: one, label: one }))}
              onChange={setVariant}
            />
            <Labelled title="Why" problem={problems.why}>
              {(given) => (
                <Input
                  {...given}
                  maxLength={500}
                  value={why}
                  onChange={({ target }) => setWhy(target.value)}
                  placeholder="What was released, or agreed"
                />
              )}
            </Labelled>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
