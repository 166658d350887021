import type { View } from '@signalbox/schema'
import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Tick } from '../../ui/checkbox.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'

export type AskedOfView = { what: 'save' } | { what: 'rename'; view: View } | { what: 'delete'; view: View }
type Props = {
  asked: AskedOfView
  onClose: () => void
  onSave: (given: { name: string; shared: boolean }) => Promise<unknown>
  onDelete: (view: View) => Promise<unknown>
}

/** What is asked before a saved view is made, changed or deleted. Loaded when it is needed. */
export default function ViewDialog({ asked, onClose, onSave, onDelete }: Props) {
  if (asked.what !== 'delete')
    return <NameDialog view={asked.what === 'rename' ? asked.view : undefined} onClose={onClose} onSave={onSave} />
  const { view } = asked
  return (
    <ConfirmDialog open onClose={onClose} title={`Delete the view “${view.name}”?`} action="Delete" onConfirm={() => onDelete(view)}>
      {view.shared ? 'Everybody in the project loses it.' : 'Only you see it.'} No trace is deleted.
    </ConfirmDialog>
  )
}

type NameProps = { view: View | undefined; onClose: () => void; onSave: (given: { name: string; shared: boolean }) => Promise<unknown> }
function NameDialog({ view, onClose, onSave }: NameProps) {
  const [name, setName] = useState(view?.name ?? '')
  const [shared, setShared] = useState(view?.shared ?? false)
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  async function submit(event: FormEvent) {
    event.preventDefault()
    setState({ busy: true, error: null })
    try {
      await onSave({ name, shared })
      onClose()
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={view ? 'Rename or share' : 'Save as a new view'}
      description="Filters, search, order and columns, under a name."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Labelled title="Name">
          {(given) => <Input {...given} value={name} maxLength={100} required onChange={(event) => setName(event.target.value)} />}
        </Labelled>
        <Tick checked={shared} onChange={setShared}>
          Shared with everybody in the project
        </Tick>
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={state.busy || name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
