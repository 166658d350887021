import { type LabelProtection, MovableLabel } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Lock, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { useMay } from '../../../data/may.ts'
import { promptChanged, protectionsQuery } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { toastError } from '../../../ui/error-note.tsx'
import { Input } from '../../../ui/input.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { Select } from '../../../ui/select.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'

type Needs = LabelProtection['needs']
const NEEDS: { value: Needs; label: string }[] = [
  { value: 'approval', label: 'A second person' },
  { value: 'role', label: 'The right to move protected labels' },
]

/** Which labels of the project not everybody may move. */
export function Protections() {
  const project = useProject()
  const cache = useQueryClient()
  const mayProtect = useMay()('prompts:protect')
  const protections = useQuery(protectionsQuery(project))
  const [label, setLabel] = useState('production')
  const [needs, setNeeds] = useState<Needs>('approval')
  const run = async (send: () => Promise<unknown>) => {
    try {
      await send()
    } catch (error) {
      toastError(error)
    }
    await promptChanged(cache, project)
  }
  const valid = MovableLabel.safeParse(label).success
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (valid) void run(() => clientFor(project).prompts.protect({ label, needs }))
  }
  return (
    <Panel
      title="Protected labels"
      description="In all prompts of the project, for people and for API keys alike; the server holds everybody to it."
    >
      <Loaded query={protections} skeleton={<SkeletonRows rows={2} />}>
        {(list) => (
          <ul aria-label="Protected labels">
            {list.length === 0 && <li className="px-3 py-2 text-faint">None: whoever may promote may move every label.</li>}
            {list.map((one) => (
              <li key={one.label} className="flex h-9 items-center gap-2 border-b border-line px-3 last:border-b-0">
                <Lock size={13} className="text-faint" aria-hidden />
                <span className="font-mono text-sm">{one.label}</span>
                <span className="text-soft">
                  needs {NEEDS.find(({ value }) => value === one.needs)?.label.replace(/^[AT]/, (first) => first.toLowerCase())}
                </span>
                {mayProtect && (
                  <IconButton
                    label={`No longer protect ${one.label}`}
                    size="small-icon"
                    className="ml-auto"
                    onClick={() => run(() => clientFor(project).prompts.unprotect({ label: one.label }))}
                  >
                    <X size={14} />
                  </IconButton>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {mayProtect && (
        <form onSubmit={add} className="flex items-center gap-2 border-t border-line p-3">
          <Input
            aria-label="Label to protect"
            value={label}
            onChange={({ target }) => setLabel(target.value)}
            spellCheck={false}
            className="max-w-44 font-mono text-sm"
          />
          <span className="text-soft">needs</span>
          <Select label="What moving it needs" value={needs} choices={NEEDS} onChange={setNeeds} className="w-64" />
          <Button type="submit" disabled={!valid}>
            Protect
          </Button>
        </form>
      )}
    </Panel>
  )
}
