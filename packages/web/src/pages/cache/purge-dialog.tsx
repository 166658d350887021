import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { useCacheChanges } from './use-cache.ts'

type Props = { model: string | undefined; onClose: () => void }

/** Asks before kept answers are given up. */
export function PurgeDialog({ model, onClose }: Props) {
  const { purge } = useCacheChanges()
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={model === undefined ? 'Purge the cache of this project?' : `Purge the cache of ${model}?`}
      action={model === undefined ? 'Purge all' : 'Purge'}
      onConfirm={async () => {
        await purge(model)
        toast({ title: 'Purged', description: 'Kept answers are not given any more, at any edge.' })
      }}
    >
      <p>
        {model === undefined ? 'All kept answers of this project' : `All kept answers of ${model}`} are given up, at every edge. Calls are
        answered by their providers again, and paid, until the answers are kept anew. This cannot be undone.
      </p>
    </ConfirmDialog>
  )
}
