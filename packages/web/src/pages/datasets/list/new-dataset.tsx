import { api } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { clientFor } from '../../../data/client.ts'
import { datasetChanged } from '../../../data/datasets.ts'
import { useProject } from '../../../data/view.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { SchemaForm } from '../../../ui/schema-form.tsx'

/** A name, and then its page. */
export default function NewDataset({ folder, onClose }: { folder: string; onClose: () => void }) {
  const project = useProject()
  const navigate = useNavigate()
  const cache = useQueryClient()
  return (
    <Dialog open onClose={onClose} title="New dataset" description="Its items are written in the grid, imported, or taken from traces.">
      <SchemaForm
        schema={api['datasets.create'].input}
        initial={{ name: folder ? `${folder}/` : '' }}
        submitLabel="Make dataset"
        onCancel={onClose}
        onSubmit={async (value) => {
          const { name } = await clientFor(project).datasets.create(value)
          await datasetChanged(cache, project)
          await navigate({ to: '/p/$project/datasets/$', params: { project, _splat: name }, search: {} })
        }}
      />
    </Dialog>
  )
}
