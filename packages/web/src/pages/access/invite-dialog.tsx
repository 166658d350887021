import { NewInvitation } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { teamsQuery } from '../../data/access-queries.ts'
import { clientFor } from '../../data/client.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { Ago } from '../../ui/values.tsx'
import { roleChoices, useGivableRoles } from './role-select.tsx'
import { useChange } from './use-change.ts'

/** Makes an invitation and shows its link, once. Loaded when it is asked for. */
export default function InviteDialog({ onClose }: { onClose: () => void }) {
  const project = useProject()
  const roles = useGivableRoles()
  const teams = useQuery(teamsQuery(project)).data?.filter(({ changeable }) => changeable) ?? []
  const { run } = useChange()
  const [created, setCreated] = useState<Output<'invitations.create'> | null>(null)
  if (created) {
    return (
      <Dialog
        open
        sticky
        onClose={onClose}
        title="Pass this link on"
        description={`Whoever opens it${created.email ? ` as ${created.email}` : ''} becomes ${created.role} of the project.`}
      >
        <CodeBlock label="invitation link" code={created.url} />
        <p className="mt-1.5 flex items-center gap-1.5 text-sm text-warning">
          <TriangleAlert size={13} className="shrink-0" aria-hidden />
          <span>
            Copy it now: it is stored as a hash and cannot be shown again. It works once and ends <Ago time={created.expiresAt} />.
          </span>
        </p>
        <div className="mt-4 flex justify-end">
          <Button kind="primary" onClick={onClose}>
            I have copied it
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog open onClose={onClose} title="Invite somebody" description="By a link that you pass on; no mail is sent.">
      <SchemaForm
        schema={NewInvitation}
        initial={{ role: 'viewer' }}
        choices={{
          role: roleChoices(roles),
          teamId: [
            { value: '', label: 'No team' },
            ...teams.map(({ id, name, role }) => ({ value: id, label: name, ...(role && { hint: role }) })),
          ],
        }}
        shows={(field) => field !== 'teamId' || teams.length > 0}
        submitLabel="Make the link"
        onCancel={onClose}
        onSubmit={(input) => run(async () => setCreated(await clientFor(project).invitations.create(input)), 'The link is made')}
      />
    </Dialog>
  )
}
