import { NewInvitation } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { teamsQuery } from '../../data/access-queries.ts'
import { clientFor } from '../../data/client.ts'
import { useProject } from '../../data/view.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { ShownOnce } from '../../ui/shown-once.tsx'
import { LinkEnds } from './people.tsx'
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
      <ShownOnce
        title="Pass this link on"
        description={`Whoever opens it${created.email ? ` as ${created.email}` : ''} becomes ${created.role} of the project.`}
        label="invitation link"
        secret={created.url}
        note={<LinkEnds at={created.expiresAt} />}
        onClose={onClose}
      />
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
