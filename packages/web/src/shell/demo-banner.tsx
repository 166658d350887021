import { useRouter } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { type Demo, useDemo, useDemoChanges } from '../data/demo.ts'
import { useWhyNot } from '../data/may.ts'
import { useProject } from '../data/view.ts'
import { formatCount } from '../lib/format-number.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Popover } from '../ui/popover.tsx'
import { toast } from '../ui/toast.tsx'

/** Says on every page that what is shown is made up, what in it is worth a look, and takes it away. */
export function DemoBanner() {
  const project = useProject()
  const { data: demo } = useDemo(project)
  const why = useWhyNot()('projects:write')
  const [removing, setRemoving] = useState(false)
  return (
    <>
      <FlaskConical size={15} className="shrink-0 text-faint" aria-hidden />
      <p className="min-w-0 flex-1 truncate text-soft">
        <span className="font-medium text-text">Demo data</span>
        {demo && <> {wordsOf(demo)}</>}
      </p>
      {demo && demo.worthSeeing.length > 0 && <WhatToSee project={project} demo={demo} />}
      <Button
        size="small"
        onClick={() => setRemoving(true)}
        disabled={why !== undefined || demo === undefined || demo.state === 'loading'}
        data-tip={why}
      >
        Remove
      </Button>
      {removing && demo && <RemoveDialog project={project} demo={demo} onClose={() => setRemoving(false)} />}
    </>
  )
}

function wordsOf({ state, traces, sent, days, problem }: Demo): string {
  if (state === 'loading')
    return traces === 0 ? 'is being made …' : `is being written: ${formatCount(sent)} of ${formatCount(traces)} traces`
  if (state === 'failed') return `is not complete: ${problem}`
  return `of an invented support copilot: ${formatCount(traces)} traces in ${days} days. No customer, no provider and no bill is real.`
}

function WhatToSee({ project, demo }: { project: string; demo: Demo }) {
  const [open, setOpen] = useState(false)
  const { history } = useRouter()
  return (
    <Popover
      title="What to look at"
      open={open}
      onOpenChange={setOpen}
      className="w-88 p-1.5"
      trigger={<Button size="small">What to look at</Button>}
    >
      <ul>
        {demo.worthSeeing.map(({ title, path }) => (
          <li key={path}>
            <a
              href={`/p/${project}${path}`}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return
                event.preventDefault()
                setOpen(false)
                history.push(`/p/${project}${path}`)
              }}
              className="block rounded-sm px-2 py-1.5 hover:bg-surface-2 focus-visible:bg-surface-2"
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </Popover>
  )
}

function RemoveDialog({ project, demo, onClose }: { project: string; demo: Demo; onClose: () => void }) {
  const { remove } = useDemoChanges(project)
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title="Remove the demo data?"
      action="Remove demo data"
      onConfirm={async () => {
        const { traces } = await remove()
        toast({ title: 'The demo data is gone', description: `${formatCount(traces)} traces are being taken off the disk.` })
      }}
    >
      <p>
        {formatCount(demo.traces)} traces with their scores and markers, the dashboard, the aliases kestrel-support and kestrel-faq and the
        key that it came in with. What you sent into this project yourself stays. This cannot be undone, but the demo can be loaded again.
      </p>
    </ConfirmDialog>
  )
}
