import type { Deletion, DeletionPreview } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { localInput, parseTimeRange } from '../../lib/time-range.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { toast } from '../../ui/toast.tsx'
import { At } from '../../ui/values.tsx'
import { type Draft, phraseOf, requestOf, SUBJECTS, type Subject } from './deletion-words.ts'
import { deletionsKey, usePreview } from './use-deletions.ts'

type Props = { project: string; onClose: () => void; onDeleted: (receipt: Deletion) => unknown }

/** Asks what is to go, says how much that is, and has it confirmed in words. What the address names is filled in. */
export default function DeleteDialog({ project, onClose, onDeleted }: Props) {
  const cache = useQueryClient()
  const search = useSearch({ from: '/p/$project/privacy' })
  const [draft, setDraft] = useState<Draft>(() => draftOf(search))
  const [typed, setTyped] = useState('')
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const wanted = requestOf(draft)
  const { found, error: uncounted, retry } = usePreview(project, wanted)
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part })
    setTyped('')
  }
  const confirmed = found !== undefined && typed.trim().toLowerCase() === phraseOf(found.traces)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!confirmed || wanted === undefined) return
    setState({ busy: true, error: null })
    try {
      const receipt = await clientFor(project).deletions.create(wanted)
      toast({ title: `${plural(receipt.spans, 'span')} deleted`, description: `Receipt ${receipt.id}` })
      for (const key of [deletionsKey(project), keys.spans(project), keys.traceList(project)])
        void cache.invalidateQueries({ queryKey: key })
      await onDeleted(receipt)
    } catch (error) {
      setState({ busy: false, error })
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title="Delete data"
      description="Gone from every page at once, from the disk soon after. There is no undo."
      wide
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div>
          <Segmented<Subject>
            label="What is to be deleted"
            value={draft.subject}
            choices={SUBJECTS}
            onChange={(subject) => change({ subject })}
          />
        </div>
        {draft.subject === 'time' ? (
          <div className="grid grid-cols-2 gap-3">
            <Labelled title="From" help={`Included. Local time, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}>
              {(given) => (
                <Input
                  {...given}
                  type="datetime-local"
                  step={1}
                  value={draft.from}
                  onChange={(event) => change({ from: event.target.value })}
                />
              )}
            </Labelled>
            <Labelled
              title="To"
              help="Not included."
              problem={draft.from && draft.to && wanted === undefined ? '“From” must be before “To”.' : undefined}
            >
              {(given) => (
                <Input
                  {...given}
                  type="datetime-local"
                  step={1}
                  value={draft.to}
                  onChange={(event) => change({ to: event.target.value })}
                />
              )}
            </Labelled>
          </div>
        ) : (
          <Labelled title={LABELS[draft.subject].title} help={LABELS[draft.subject].help}>
            {(given) => (
              <Input
                {...given}
                className="font-mono"
                spellCheck={false}
                autoComplete="off"
                maxLength={800}
                value={draft.value}
                onChange={(event) => change({ value: event.target.value })}
              />
            )}
          </Labelled>
        )}
        <div role="status" className="min-h-16 rounded-md border border-line bg-surface-0 px-3 py-2.5">
          {wanted === undefined ? (
            <p className="text-faint">Say what is to go: then how much that is stands here, before anything happens.</p>
          ) : found ? (
            <Found found={found} />
          ) : uncounted ? (
            <ErrorNote error={uncounted} retry={retry} />
          ) : (
            <p className="text-faint">Counting…</p>
          )}
        </div>
        {found && (
          <Labelled title={`Type “${phraseOf(found.traces)}” to confirm`}>
            {(given) => (
              <Input {...given} autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
            )}
          </Labelled>
        )}
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="danger" disabled={!confirmed || state.busy}>
            {found ? `Delete ${plural(found.spans, 'span')}` : 'Delete'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Found({ found: { traces, spans, firstAt, lastAt } }: { found: DeletionPreview }) {
  if (spans === 0)
    return (
      <>
        <p className="font-medium">Nothing of it is stored.</p>
        <p className="text-soft">A deletion would only drop what was received by now and is still on its way.</p>
      </>
    )
  return (
    <>
      <p>
        <span className="tabular font-medium">{formatCount(traces)}</span> {traces === 1 ? 'trace' : 'traces'} with{' '}
        <span className="tabular font-medium">{formatCount(spans)}</span> {spans === 1 ? 'span' : 'spans'}, and their inputs, outputs,
        scores and files.
      </p>
      {firstAt && lastAt && (
        <p className="text-soft">
          From <At time={firstAt} /> to <At time={lastAt} />.
        </p>
      )}
    </>
  )
}

const LABELS = {
  user: { title: 'User id', help: 'Every trace in which a span names this user.' },
  session: { title: 'Session id', help: 'Every trace in which a span names this session.' },
  trace: { title: 'Trace id', help: 'As it stands here, or as its client wrote it.' },
  key: { title: 'Key id', help: 'Every span that came in with this key: its id as the page Keys shows it, not the key itself.' },
} as const

type Given = {
  user?: string | undefined
  session?: string | undefined
  trace?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** What the address says: a page that lists users or sessions links here with one. */
function draftOf({ user, session, trace, from, to }: Given): Draft {
  const range = parseTimeRange({ from, to })
  const time = range.kind === 'absolute' ? { from: localInput(range.from), to: localInput(range.to) } : { from: '', to: '' }
  if (user !== undefined) return { subject: 'user', value: user, ...time }
  if (session !== undefined) return { subject: 'session', value: session, ...time }
  if (trace !== undefined) return { subject: 'trace', value: trace, ...time }
  return { subject: time.from ? 'time' : 'user', value: '', ...time }
}
