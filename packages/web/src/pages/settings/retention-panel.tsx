import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'

type Days = { payloadDays: number | null; metadataDays: number | null }

/** For how long the project keeps what it is sent. */
export function RetentionPanel() {
  const project = useProject()
  const retention = useQuery({
    queryKey: [...keys.config(project), 'retention'],
    queryFn: ({ signal }) => clientFor(project).retention.get({}, { signal }),
  })
  return (
    <Panel title="Retention" description="What is older goes by itself, once an hour, by days of UTC.">
      <Loaded query={retention} skeleton={<SkeletonRows rows={2} />}>
        {(found) => <RetentionForm key={`${found.payloadDays}/${found.metadataDays}`} now={found} fromFile={found.from === 'file'} />}
      </Loaded>
    </Panel>
  )
}

function RetentionForm({ now, fromFile }: { now: Days; fromFile: boolean }) {
  const project = useProject()
  const cache = useQueryClient()
  const may = useMay()('projects:write') && !fromFile
  const [texts, setTexts] = useState({ payload: textOf(now.payloadDays), metadata: textOf(now.metadataDays) })
  const [asking, setAsking] = useState<Days>()
  const wanted = { payloadDays: daysOf(texts.payload), metadataDays: daysOf(texts.metadata) }
  const tooLong = wanted.metadataDays !== null && (wanted.payloadDays ?? wanted.metadataDays) > wanted.metadataDays
  const changed = wanted.payloadDays !== now.payloadDays || wanted.metadataDays !== now.metadataDays
  const wrong = Number.isNaN(wanted.payloadDays) || Number.isNaN(wanted.metadataDays)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (changed && !wrong && !tooLong) setAsking(wanted)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 p-3">
      <Labelled
        title="Inputs and outputs"
        aside="days"
        help="Empty: for as long as their spans."
        problem={problemOf(wanted.payloadDays) ?? (tooLong ? 'They cannot be kept for longer than their spans.' : undefined)}
      >
        {(given) => (
          <Input
            {...given}
            inputMode="numeric"
            disabled={!may}
            value={texts.payload}
            onChange={(event) => setTexts({ ...texts, payload: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled title="Spans, scores and counts" aside="days" help="Empty: for ever." problem={problemOf(wanted.metadataDays)}>
        {(given) => (
          <Input
            {...given}
            inputMode="numeric"
            disabled={!may}
            value={texts.metadata}
            onChange={(event) => setTexts({ ...texts, metadata: event.target.value })}
          />
        )}
      </Labelled>
      {fromFile ? (
        <p className="text-sm text-faint">signalbox.yaml says so; change it there.</p>
      ) : (
        may && (
          <div>
            <Button type="submit" disabled={!changed || wrong || tooLong}>
              Save retention
            </Button>
          </div>
        )
      )}
      <ConfirmDialog
        open={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title="Change for how long data is kept?"
        action="Save retention"
        onConfirm={async () => {
          if (!asking) return
          await clientFor(project).retention.set(asking)
          await cache.invalidateQueries({ queryKey: keys.config(project) })
          toast({ title: 'Retention is saved' })
        }}
      >
        {asking && sentence(asking)} What is older is removed within the hour and cannot be brought back.
      </ConfirmDialog>
    </form>
  )
}

const textOf = (days: number | null): string => (days === null ? '' : String(days))
const daysOf = (text: string): number | null =>
  text.trim() === '' ? null : /^\d{1,4}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
const problemOf = (days: number | null): string | undefined =>
  days !== null && (Number.isNaN(days) || days < 1 || days > 3650) ? 'A whole number of days from 1 to 3650, or nothing.' : undefined
const sentence = ({ payloadDays, metadataDays }: Days): string =>
  `Inputs and outputs are kept ${payloadDays === null ? 'as long as their spans' : `for ${payloadDays} days`}, spans ${metadataDays === null ? 'for ever' : `for ${metadataDays} days`}.`
