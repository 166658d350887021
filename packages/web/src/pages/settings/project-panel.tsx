import { ProjectChange } from '@signalbox/schema'
import { clientFor } from '../../data/client.ts'
import { useRefreshSession, useSession } from '../../data/session.ts'
import { useProject } from '../../data/view.ts'
import { Panel } from '../../ui/panel.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { toast } from '../../ui/toast.tsx'

/** The name of the project that is open. Its id stays: addresses, keys and the file speak of it by that. */
export function ProjectPanel() {
  const id = useProject()
  const { projects } = useSession()
  const refresh = useRefreshSession()
  const name = projects.find((project) => project.id === id)?.name ?? id
  return (
    <Panel title="Project" description={id}>
      <div className="p-3">
        <SchemaForm
          key={`${id} ${name}`}
          schema={ProjectChange}
          initial={{ name }}
          submitLabel="Rename"
          onSubmit={async (change) => {
            const renamed = await clientFor(id).projects.update({ id, ...change })
            await refresh()
            toast({ title: `The project is called ${renamed.name} now` })
          }}
        />
      </div>
    </Panel>
  )
}
