import { DatasetName } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { Chosen } from '../../ui/chosen.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Kept, rowOfRun } from './dataset-row.ts'
import { datasetNamesQuery } from './datasets.ts'

type Props = {
  project: string
  run: { variables: Readonly<Record<string, unknown>>; asked: string; answer: string }
  onClose: () => void
}
const KEPT: { value: Kept; label: string }[] = [
  { value: 'expected', label: 'a row: the answer is what should come back' },
  { value: 'right', label: 'a case for evaluators: the answer is right' },
  { value: 'wrong', label: 'a case for evaluators: the answer is wrong' },
]

/** Keeps a run as a row of a dataset, also of a new one. Loaded when it is asked for. */
export default function KeepRow({ project, run, onClose }: Props) {
  const cache = useQueryClient()
  const datasets = useQuery(datasetNamesQuery(project))
  const [name, setName] = useState<string>()
  const [kept, setKept] = useState<Kept>('expected')
  const shown = name ?? datasets.data?.[0] ?? ''
  return (
    <Dialog
      open
      onClose={onClose}
      title="Keep as a row"
      description="What was asked and what was answered, for experiments and evaluators."
    >
      <SaveForm
        submitLabel="Keep"
        onCancel={onClose}
        read={() => {
          const named = DatasetName.safeParse(shown)
          if (!named.success) return { problems: { name: named.error.issues[0]?.message ?? 'A name is needed' } }
          return {
            send: async () => {
              const { datasets: room } = clientFor(project)
              if (!datasets.data?.includes(shown)) await room.create({ name: shown })
              const { version, added } = await room.write({ name: shown, items: [rowOfRun(run, kept)], message: 'From the playground' })
              toast({ title: added > 0 ? `Kept in version ${version} of ${shown}` : `${shown} has this row already` })
              await cache.invalidateQueries({ queryKey: datasetNamesQuery(project).queryKey })
              onClose()
            },
          }
        }}
      >
        {(problems) => (
          <>
            <Labelled title="Dataset" help="Folders by /. A new name makes a new dataset." problem={problems.name}>
              {(given) => (
                <>
                  <Input
                    {...given}
                    value={shown}
                    list="playground-datasets"
                    onChange={({ target }) => setName(target.value)}
                    spellCheck={false}
                    autoComplete="off"
                    className="font-mono text-sm"
                  />
                  <datalist id="playground-datasets">
                    {(datasets.data ?? []).map((one) => (
                      <option key={one} value={one} />
                    ))}
                  </datalist>
                </>
              )}
            </Labelled>
            <Chosen title="As" value={kept} choices={KEPT} onChange={setKept} />
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
