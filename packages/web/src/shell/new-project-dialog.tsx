import { NewProject } from '@signalbox/schema'
import { useNavigate } from '@tanstack/react-router'
import { client } from '../data/client.ts'
import { useRefreshSession } from '../data/session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { SchemaForm } from '../ui/schema-form.tsx'
import { toast } from '../ui/toast.tsx'

/** Makes a project and moves into it. Loaded when it is asked for. */
export default function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const refresh = useRefreshSession()
  return (
    <Dialog
      open
      onClose={onClose}
      title="New project"
      description="A project has its own keys, models and traces. Nothing is shared between projects."
    >
      <SchemaForm
        schema={NewProject}
        submitLabel="Create project"
        onCancel={onClose}
        onSubmit={async (input) => {
          const created = await client.projects.create(input)
          await refresh()
          onClose()
          toast({ title: `Project ${created.name} created` })
          await navigate({ to: '/p/$project/getting-started', params: { project: created.id } })
        }}
      />
    </Dialog>
  )
}
