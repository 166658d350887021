import type { ShownDashboard } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { dashboardKeys, historyQuery } from '../../data/dashboards.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { Ago } from '../../ui/values.tsx'

/** What was changed when and by whom; each version can be made the newest again. */
export default function HistoryDialog({ shown, onClose }: { shown: ShownDashboard; onClose: () => void }) {
  const project = useProject()
  const cache = useQueryClient()
  const history = useQuery(historyQuery(project, shown.id))
  const [error, setError] = useState<unknown>(null)
  const restore = async (version: number) => {
    try {
      await clientFor(project).dashboards.restore({ id: shown.id, version, expectedVersion: shown.version })
      await cache.invalidateQueries({ queryKey: dashboardKeys.all(project) })
      toast({ title: `Restored version ${version}.` })
      onClose()
    } catch (caught) {
      setError(caught)
    }
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="History"
      description="The last 50 versions. Restoring one makes a new version; nothing is lost."
    >
      {error !== null && <ErrorNote error={error} className="mb-3" />}
      <Loaded query={history} skeleton={<SkeletonRows rows={4} />}>
        {(versions) => (
          <ol className="divide-y divide-line rounded-md border border-line">
            {versions.map(({ version, savedAt, savedBy, changes }, at) => (
              <li key={version} className="flex items-start gap-3 px-3 py-2">
                <span className="tabular w-8 shrink-0 text-faint">{version}</span>
                <div className="min-w-0 flex-1">
                  <p className="break-words">{changes.length > 0 ? changes.join('; ') : 'saved'}</p>
                  <p className="text-sm text-faint">
                    <Ago time={savedAt} /> {savedBy && `by ${savedBy}`}
                  </p>
                </div>
                {at === 0 ? (
                  <span className="text-sm text-faint">now</span>
                ) : (
                  shown.mayChange && (
                    <Button size="small" onClick={() => restore(version)} aria-label={`Restore version ${version}`}>
                      Restore
                    </Button>
                  )
                )}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Dialog>
  )
}
