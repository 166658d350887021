import type { PromptRow } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { promptChanged } from '../../data/prompts.ts'
import { useProject } from '../../data/view.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'

/** What describes a prompt; it is no part of its versions. Loaded when it is asked for. */
export default function AboutDialog({ prompt, onClose }: { prompt: PromptRow; onClose: () => void }) {
  const project = useProject()
  const cache = useQueryClient()
  const [description, setDescription] = useState(prompt.description)
  const [tags, setTags] = useState(prompt.tags.join(', '))
  return (
    <Dialog open onClose={onClose} title={`About “${prompt.name}”`} description="Shared by all versions.">
      <SaveForm
        submitLabel="Save"
        onCancel={onClose}
        read={() => ({
          send: async () => {
            const list = tags.split(',').map((tag) => tag.trim())
            await clientFor(project).prompts.change({
              name: prompt.name,
              description: description.trim(),
              tags: [...new Set(list.filter(Boolean))],
            })
            await promptChanged(cache, project)
            onClose()
          },
        })}
      >
        {() => (
          <>
            <Labelled title="Description">
              {(given) => <Input {...given} maxLength={2000} value={description} onChange={({ target }) => setDescription(target.value)} />}
            </Labelled>
            <Labelled title="Tags" help="Separated by commas.">
              {(given) => <Input {...given} value={tags} onChange={({ target }) => setTags(target.value)} />}
            </Labelled>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
