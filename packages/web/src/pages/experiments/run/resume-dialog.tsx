import type { ExperimentDetail } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { experimentsChanged } from '../../../data/experiments.ts'
import { useProject } from '../../../data/view.ts'
import { plural } from '../../../lib/format-number.ts'
import { Tick } from '../../../ui/checkbox.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { SaveForm } from '../../../ui/save-form.tsx'

/** Goes on with what is not done; with a higher budget where that was used up. Loaded when it is asked for. */
export default function ResumeDialog({ detail, onClose }: { detail: ExperimentDetail; onClose: () => void }) {
  const project = useProject()
  const cache = useQueryClient()
  const { progress, definition } = detail
  const budget = definition?.limits.costUsd
  const [cost, setCost] = useState(budget === undefined ? '' : String(budget))
  const [retry, setRetry] = useState(progress.failed > 0)
  const left = progress.total - progress.done
  const send = async () => {
    await clientFor(project).experiments.resume({ id: detail.id, retryErrors: retry, ...(cost.trim() !== '' && { costUsd: Number(cost) }) })
    await experimentsChanged(cache, project)
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Go on with “${detail.name}”`}
      description={`${plural(left, 'call')} not made yet. What is done is kept and not paid again.`}
    >
      <SaveForm
        submitLabel="Go on"
        onCancel={onClose}
        read={() => (cost.trim() === '' || Number(cost) > 0 ? { send } : { problems: { cost: 'An amount in USD above 0, or empty' } })}
      >
        {(problems) => (
          <>
            {progress.failed > 0 && (
              <Tick checked={retry} onChange={setRetry}>
                Ask again the {plural(progress.failed, 'call')} without an answer
              </Tick>
            )}
            <Labelled
              title="Budget (USD)"
              aside="optional"
              help="Of the whole experiment, with what is spent already."
              problem={problems.cost}
            >
              {(given) => (
                <Input
                  {...given}
                  inputMode="decimal"
                  value={cost}
                  onChange={({ target }) => setCost(target.value)}
                  className="font-mono text-sm"
                />
              )}
            </Labelled>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
