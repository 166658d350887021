import type { PromptLabel, PromptRow } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { Eye, History, Plus, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { promptChanged } from '../../data/prompts.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { Ask } from './ask.tsx'
import { byImportance, LabelBadge } from './labels.tsx'
import { usePromptNavigation } from './use-prompt-navigation.ts'
import { useRollback } from './use-rollback.ts'

/** The labels of a prompt, each with what can be done with it. */
export function Labels({ prompt, onAdd }: { prompt: PromptRow; onAdd: (() => void) | undefined }) {
  const project = useProject()
  const cache = useQueryClient()
  const may = useMay()
  const [removing, setRemoving] = useState<PromptLabel>()
  const rollBack = useRollback(prompt.name)
  const go = usePromptNavigation(prompt.name)
  return (
    <div className="flex min-h-6 flex-wrap items-center gap-1.5">
      {prompt.labels.length === 0 && <span className="text-sm text-faint">No label points here yet, so calls must name a version.</span>}
      {byImportance(prompt.labels).map((label) => (
        <Menu
          key={label.label}
          trigger={
            <button
              type="button"
              aria-label={`Label ${label.label}`}
              className="rounded-sm hover:brightness-95 focus-visible:outline-2 dark:hover:brightness-125"
            >
              <LabelBadge label={label} />
            </button>
          }
        >
          <MenuHeading>{label.label}</MenuHeading>
          {(label.split ?? (label.version === null ? [] : [{ version: label.version }])).map(({ version }) => (
            <MenuItem key={version} icon={<Eye size={14} />} onClick={() => go({ version })}>
              Read version {version}
            </MenuItem>
          ))}
          <MenuItem icon={<History size={14} />} onClick={() => go({ tab: 'versions' })}>
            Its moves
          </MenuItem>
          {may('prompts:promote') && (
            <>
              <MenuLine />
              <MenuItem icon={<Undo2 size={14} />} onClick={() => rollBack(label)}>
                Roll back
              </MenuItem>
              <MenuItem icon={<Trash2 size={14} />} danger onClick={() => setRemoving(label)}>
                Take the label away
              </MenuItem>
            </>
          )}
        </Menu>
      ))}
      {onAdd && (
        <Button size="small" kind="ghost" onClick={onAdd}>
          <Plus size={13} aria-hidden /> Label
        </Button>
      )}
      <Ask
        open={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={`Take “${removing?.label}” away?`}
        action="Take it away"
        onConfirm={async () => {
          await clientFor(project).prompts.removeLabel({ name: prompt.name, label: removing?.label ?? '' })
          toast({ title: `${removing?.label} taken away` })
          await promptChanged(cache, project)
        }}
      >
        <p>
          Calls for{' '}
          <span className="font-mono text-sm text-text">
            {prompt.name}@{removing?.label}
          </span>{' '}
          are refused from then on. The versions stay.
        </p>
      </Ask>
    </div>
  )
}
