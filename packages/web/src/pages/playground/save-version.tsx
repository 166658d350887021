import { type PromptContent, PromptName } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { promptChanged } from '../../data/prompts.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { toast } from '../../ui/toast.tsx'
import type { Column } from './columns.ts'

type Props = {
  project: string
  name: string
  content: PromptContent
  onSaved: (change: Required<Pick<Column, 'prompt' | 'saved'>>) => void
  onClose: () => void
}

/** Keeps what a column says as a version of a prompt: of the one that it comes from, or of any other, also a new one. */
export default function SaveVersion({ project, name: from, content, onSaved, onClose }: Props) {
  const cache = useQueryClient()
  const [name, setName] = useState(from)
  const [message, setMessage] = useState('')
  return (
    <Dialog open onClose={onClose} title="Save as version" description="Nothing uses it until a label points to it.">
      <SaveForm
        submitLabel="Save version"
        onCancel={onClose}
        read={() => {
          const named = PromptName.safeParse(name)
          if (!named.success) return { problems: { name: named.error.issues[0]?.message ?? 'A name is needed' } }
          return {
            send: async () => {
              const found = await clientFor(project).prompts.create({ name, content, message: message.trim() })
              toast({
                title: found.created
                  ? `Saved as version ${found.version} of ${name}`
                  : `This is version ${found.version} of ${name} already`,
              })
              onSaved({ prompt: { name, version: found.version }, saved: found })
              await promptChanged(cache, project)
              onClose()
            },
          }
        }}
      >
        {(problems) => (
          <>
            <Labelled title="Prompt" help="Folders by /. A new name makes a new prompt." problem={problems.name}>
              {(given) => (
                <Input
                  {...given}
                  value={name}
                  onChange={({ target }) => setName(target.value)}
                  spellCheck={false}
                  className="font-mono text-sm"
                />
              )}
            </Labelled>
            <Labelled title="What is different" aside="optional">
              {(given) => <Input {...given} maxLength={500} value={message} onChange={({ target }) => setMessage(target.value)} />}
            </Labelled>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
