import type { RejectedPayload } from '@signalbox/schema'
import { Download, RotateCcw } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { download } from '../../lib/csv.ts'
import { formatBytes } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { toastError } from '../../ui/error-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'

const ReplayForm = lazy(() => import('./replay-form.tsx'))

/** One payload that was refused: what its sender was told, how it begins, and the ways to take it along or to send it again. */
export function Payload({ payload, startsOpen }: { payload: RejectedPayload; startsOpen: boolean }) {
  const project = useProject()
  const may = useMay()('traces:write')
  const [open, setOpen] = useState(startsOpen)
  const [replaying, setReplaying] = useState(false)
  async function take() {
    try {
      const { base64, contentType } = await clientFor(project).ingest.payload({ id: payload.id })
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      download(`${payload.id}.${contentType.includes('json') ? 'json' : 'bin'}`, bytes, contentType)
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <li className="px-3 py-2">
      <p className="break-words">{payload.message}</p>
      <div className="flex flex-wrap items-center gap-x-3 text-sm text-faint">
        <Ago time={payload.at} />
        <span>
          {formatBytes(payload.bytes)}
          {payload.cut && ', its beginning shown'}
        </span>
        {payload.body === null ? (
          <span>The project keeps no content, or nothing could be read.</span>
        ) : (
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="text-accent hover:underline">
            {open ? 'Hide payload' : 'Show payload'}
          </button>
        )}
        {payload.replayedAt !== null && <Badge tone="ok">sent again</Badge>}
        <span className="flex-1" />
        {may && payload.replayable && (
          <span className="flex gap-1.5 py-1">
            <Button size="small" onClick={take}>
              <Download size={13} aria-hidden /> Download
            </Button>
            {payload.replayedAt === null && (
              <Button size="small" aria-expanded={replaying} onClick={() => setReplaying(!replaying)}>
                <RotateCcw size={13} aria-hidden /> Send again…
              </Button>
            )}
          </span>
        )}
      </div>
      {open && payload.body !== null && !replaying && <CodeBlock className="mt-2" label="rejected payload" code={payload.body} />}
      {replaying && (
        <Suspense fallback={<SkeletonRows rows={3} />}>
          <ReplayForm id={payload.id} onClose={() => setReplaying(false)} />
        </Suspense>
      )}
    </li>
  )
}
