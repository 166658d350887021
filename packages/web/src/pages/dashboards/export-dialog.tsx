import type { Dashboard } from '@signalbox/schema'
import { Download } from 'lucide-react'
import { download } from '../../lib/csv.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { toExport } from './to-export.ts'

/** A dashboard as text: what can be imported elsewhere, or stand in signalbox.yaml as it is. */
export default function ExportDialog({ dashboard, onClose }: { dashboard: Dashboard; onClose: () => void }) {
  const text = toExport(dashboard)
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Export “${dashboard.name}”`}
      description="Import it in another project, or put it under `dashboards:` of signalbox.yaml: JSON is YAML."
    >
      <CodeBlock label="dashboard as JSON" code={text} />
      <div className="mt-4 flex justify-end">
        <Button
          kind="primary"
          onClick={() =>
            download(`${dashboard.name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.json`, `${text}\n`, 'application/json')
          }
        >
          <Download size={14} aria-hidden />
          Download
        </Button>
      </div>
    </Dialog>
  )
}
