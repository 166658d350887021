import type { PromptLabel } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { promptChanged } from '../../data/prompts.ts'
import { useProject } from '../../data/view.ts'
import { toastError } from '../../ui/error-note.tsx'
import { toast } from '../../ui/toast.tsx'
import { describeTarget, targetOf } from './labels.tsx'

/** Points a label to where it was before, at once; the message that says so takes it back. */
export function useRollback(name: string) {
  const project = useProject()
  const cache = useQueryClient()
  return async (label: PromptLabel): Promise<void> => {
    const before = targetOf(label)
    try {
      const moved = await clientFor(project).prompts.rollback({ name, label: label.label, expectedRevision: label.revision })
      toast({
        title: `${label.label} points to ${describeTarget(targetOf(moved))} again`,
        description: 'In effect at every edge.',
        ...(before && {
          action: {
            label: 'Undo',
            run: async () => {
              try {
                const back = 'split' in before ? { split: [...before.split] } : before
                await clientFor(project).prompts.setLabel({
                  name,
                  label: label.label,
                  ...back,
                  why: 'The rollback was undone',
                  expectedRevision: moved.revision,
                })
                toast({ title: `${label.label} points to ${describeTarget(before)}` })
              } catch (error) {
                toastError(error)
              }
              await promptChanged(cache, project)
            },
          },
        }),
      })
    } catch (error) {
      toastError(error)
    }
    await promptChanged(cache, project)
  }
}
