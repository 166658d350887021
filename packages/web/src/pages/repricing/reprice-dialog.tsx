import type { Repricing } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useView } from '../../data/view.ts'
import { localInput, resolveTimeRange } from '../../lib/time-range.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { readModels } from './repricing-words.ts'
import { repricingsKey } from './use-repricings.ts'

type Props = { project: string; onClose: () => void; onStarted: (job: Repricing) => unknown }

/** Asks which spans, and starts with a dry run: what is written is decided when it is known what would change. */
export default function RepriceDialog({ project, onClose, onStarted }: Props) {
  const cache = useQueryClient()
  const { range } = useView()
  const [draft, setDraft] = useState(() => {
    const { from, to } = resolveTimeRange(range, Date.now())
    return { from: localInput(from), to: localInput(to), models: '' }
  })
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const [from, to] = [Date.parse(draft.from), Date.parse(draft.to)]
  const isWhole = from < to

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!isWhole) return
    setState({ busy: true, error: null })
    try {
      const models = readModels(draft.models)
      const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
      const job = await clientFor(project).repricings.create({ ...window, dryRun: true, ...(models && { models }) })
      void cache.invalidateQueries({ queryKey: repricingsKey(project) })
      await onStarted(job)
    } catch (error) {
      setState({ busy: false, error })
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title="Price spans again"
      description="By the prices of today. First a dry run says how many spans and how much money change; it writes nothing."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-3">
          <Labelled title="From" help={`Included. ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}>
            {(given) => (
              <Input
                {...given}
                type="datetime-local"
                step={1}
                value={draft.from}
                onChange={(event) => setDraft({ ...draft, from: event.target.value })}
              />
            )}
          </Labelled>
          <Labelled
            title="To"
            help="Not included."
            problem={draft.from && draft.to && !isWhole ? '“From” must be before “To”.' : undefined}
          >
            {(given) => (
              <Input
                {...given}
                type="datetime-local"
                step={1}
                value={draft.to}
                onChange={(event) => setDraft({ ...draft, to: event.target.value })}
              />
            )}
          </Labelled>
        </div>
        <Labelled title="Models" aside="all" help="Such as gpt-4o, openai/gpt-4o or house-model*, with commas between them.">
          {(given) => (
            <Input
              {...given}
              className="font-mono"
              spellCheck={false}
              autoComplete="off"
              value={draft.models}
              onChange={(event) => setDraft({ ...draft, models: event.target.value })}
            />
          )}
        </Labelled>
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" disabled={!isWhole || state.busy}>
            Start dry run
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
