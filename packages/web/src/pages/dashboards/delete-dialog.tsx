import type { ShownDashboard } from '@signalbox/schema'
import { clientFor } from '../../data/client.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

type Props = { shown: ShownDashboard; onClose: () => void; onDeleted: () => void }

/** Asks before a dashboard goes, and says what goes with it. */
export default function DeleteDialog({ shown: { id, dashboard, version, shared }, onClose, onDeleted }: Props) {
  const project = useProject()
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Delete “${dashboard.name}”?`}
      action="Delete dashboard"
      onConfirm={async () => {
        await clientFor(project).dashboards.remove({ id })
        onDeleted()
      }}
    >
      {plural(dashboard.panels.length, 'panel')} and the history of {plural(version, 'version')} are lost
      {shared ? ', for everybody in the project' : ''}. The traces stay. To keep a copy, export it first.
    </ConfirmDialog>
  )
}
