import { NewProject } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useIsOrganisationOwner, useWhyNot } from '../../data/may.ts'
import { modelsQuery, providersQuery } from '../../data/queries.ts'
import { useRefreshSession, useSession } from '../../data/session.ts'
import { useProject } from '../../data/view.ts'
import { Tick } from '../../ui/checkbox.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { toast } from '../../ui/toast.tsx'

const Name = NewProject.pick({ name: true })

/** Name and settings of the project that is open. Its id stays: addresses, keys and the file speak of it by that. */
export function ProjectPanel() {
  const id = useProject()
  const { projects } = useSession()
  const why = useWhyNot()('projects:write')
  const isOwner = useIsOrganisationOwner()
  const refresh = useRefreshSession()
  const project = projects.find((one) => one.id === id)
  const name = project?.name ?? id
  return (
    <Panel title="Project" description={id}>
      <div className="p-3">
        {why ? (
          <p className="text-soft">
            {name}. <span className="text-faint">{why}</span>
          </p>
        ) : (
          <SchemaForm
            key={`${id} ${name}`}
            schema={Name}
            initial={{ name }}
            submitLabel="Rename"
            onSubmit={async (change) => {
              const renamed = await clientFor(id).projects.update({ id, ...change })
              await refresh()
              toast({ title: `The project is called ${renamed.name} now` })
            }}
          />
        )}
      </div>
      {project && isOwner && <PrivateAddresses key={id} id={id} allowed={project.allowPrivateProviders} />}
    </Panel>
  )
}

/** Whether providers that are added on their page may point into the network of the server. */
function PrivateAddresses({ id, allowed }: { id: string; allowed: boolean }) {
  const refresh = useRefreshSession()
  const cache = useQueryClient()
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })

  async function change(allowPrivateProviders: boolean) {
    if (state.busy) return
    setState({ busy: true, error: null })
    try {
      await clientFor(id).projects.update({ id, allowPrivateProviders })
      await Promise.all([refresh(), ...[providersQuery(id), modelsQuery(id)].map(({ queryKey }) => cache.invalidateQueries({ queryKey }))])
      setState({ busy: false, error: null })
      toast({ title: allowPrivateProviders ? 'Private addresses are allowed now' : 'Private addresses are not allowed any more' })
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  return (
    <div className="border-t border-line p-3">
      <div className="font-medium">
        <Tick checked={allowed} onChange={change}>
          Allow private addresses
        </Tick>
      </div>
      <p className="mt-1 text-sm text-faint">
        Off, providers that are added on the page Providers or through the API reach public addresses only. On, whoever may add providers
        can make the server call itself, your internal network and the metadata service of a cloud, and read what answers. Providers of
        signalbox.yaml and the environment may always point there; SIGNALBOX_ALLOW_PRIVATE_PROVIDERS=true allows it in every project.
      </p>
      {state.error !== null && <ErrorNote error={state.error} className="mt-3" />}
    </div>
  )
}
