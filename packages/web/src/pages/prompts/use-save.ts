import type { PromptContent, PromptVersion } from '@signalbox/schema'
import { AppError } from '@signalbox/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { promptChanged } from '../../data/prompts.ts'
import { useProject } from '../../data/view.ts'
import { toast } from '../../ui/toast.tsx'

type Save = { name: string; content: PromptContent; message: string; description?: string; expectedLatest?: number }

/** Saves a version and says which one it became: the same content is the version that is there already. */
export function useSave() {
  const project = useProject()
  const cache = useQueryClient()
  return async ({ name, content, message, description, expectedLatest }: Save): Promise<PromptVersion> => {
    const saved = await clientFor(project).prompts.create({
      name,
      content,
      message,
      ...(description && { description }),
      ...(expectedLatest !== undefined && { expectedLatest }),
    })
    await promptChanged(cache, project)
    toast(
      saved.created
        ? { title: `Saved as version ${saved.version}` }
        : { title: `This is version ${saved.version} already`, description: 'The same content is the same version, so nothing was saved.' },
    )
    return saved
  }
}

/** Somebody saved a version in the meantime. */
export const isConflict = (error: unknown): boolean => error instanceof AppError && error.code === 'conflict'
