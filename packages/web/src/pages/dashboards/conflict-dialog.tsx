import type { AppError } from '@signalbox/sdk'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'

type Props = { error: AppError; onClose: () => void; onOverwrite: (version: number) => void; onTheirs: () => void }

/** Somebody else saved meanwhile: what they changed, and whose stays. */
export function ConflictDialog({ error, onClose, onOverwrite, onTheirs }: Props) {
  const { version, changedBy, changes } = error.data as { version: number; changedBy: string | null; changes: string[] }
  return (
    <Dialog
      open
      onClose={onClose}
      title="It was changed meanwhile"
      description={`${changedBy ?? 'Somebody'} saved version ${version} after you began.`}
    >
      {changes.length > 0 && (
        <ul className="list-disc pl-5 text-soft">
          {changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
      )}
      <p className="mt-3 text-soft">With yours, their changes are taken back; they stay in the history and can be restored.</p>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Go on editing</Button>
        <Button onClick={onTheirs}>Give up mine</Button>
        <Button kind="danger" onClick={() => onOverwrite(version)}>
          Save mine
        </Button>
      </div>
    </Dialog>
  )
}
