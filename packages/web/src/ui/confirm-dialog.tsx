import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ErrorNote } from './error-note.tsx'

type Props = {
  open: boolean
  onClose: () => void
  title: string
  /** What will be lost or stop working, named and counted. */
  children: ReactNode
  action: string
  onConfirm: () => Promise<unknown>
}

/** Asks before something that cannot be undone; stays open and says why when it fails. */
export function ConfirmDialog({ open, onClose, title, children, action, onConfirm }: Props) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  async function confirm() {
    setState({ busy: true, error: null })
    try {
      await onConfirm()
      setState({ busy: false, error: null })
      onClose()
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <div className="text-soft">{children}</div>
      {state.error !== null && <ErrorNote error={state.error} className="mt-4" />}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" onClick={confirm} disabled={state.busy}>
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
