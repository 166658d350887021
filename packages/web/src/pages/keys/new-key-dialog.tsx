import { DEFAULT_SCOPES, NewKey, PERMISSIONS_OF, Role } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { teamsQuery } from '../../data/access-queries.ts'
import { clientFor } from '../../data/client.ts'
import { useMay, useRole } from '../../data/may.ts'
import { useSession } from '../../data/session.ts'
import { CopyId } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { ShownOnce } from '../../ui/shown-once.tsx'
import { roleChoices, useGivableRoles } from '../access/role-select.tsx'

type Props = { project: string; onCreated: () => Promise<unknown>; onClose: () => void }

const SINGLE = 'permissions'
/** As `NewKey`, with the choice between a role and permissions said as one question. */
const KeyForm = z.strictObject({
  name: NewKey.shape.name,
  as: z.enum([SINGLE, ...Role.options]).meta({ title: 'It may', description: 'A key of a role follows what the role may do, also later.' }),
  scopes: NewKey.shape.scopes.meta({ title: 'Permissions', widget: 'permissions' }),
  teamId: NewKey.shape.teamId,
  expiresAt: NewKey.shape.expiresAt,
})

/** Makes a key and shows its secret, once. Loaded when it is asked for. */
export default function NewKeyDialog({ project, onCreated, onClose }: Props) {
  const [created, setCreated] = useState<Output<'keys.create'> | null>(null)
  const granted = PERMISSIONS_OF[useRole()]
  const roles = useGivableRoles()
  const teams = useUsableTeams(project)
  if (!created) {
    return (
      <Dialog open onClose={onClose} title="New key" description="One per program, so that each can be revoked alone.">
        <SchemaForm
          schema={KeyForm}
          initial={{ as: SINGLE, scopes: [...DEFAULT_SCOPES] }}
          choices={{
            as: [{ value: SINGLE, label: 'single permissions' }, ...roleChoices(roles)],
            teamId: [{ value: '', label: 'No team' }, ...teams.map(({ id, name }) => ({ value: id, label: name }))],
          }}
          granted={granted}
          shows={(field, values) => (field === 'scopes' ? values.as === SINGLE : field !== 'teamId' || teams.length > 0)}
          submitLabel="Create key"
          onCancel={onClose}
          onSubmit={async ({ as, scopes, ...rest }) => {
            setCreated(await clientFor(project).keys.create({ ...rest, ...(as === SINGLE ? { scopes } : { role: as }) }))
            await onCreated()
          }}
        />
      </Dialog>
    )
  }
  return (
    <ShownOnce
      title={`Key “${created.name}” created`}
      description="The secret is the bearer token of the gateway and of the API."
      label="secret key"
      secret={created.secretKey}
      onClose={onClose}
    >
      <p className="mt-4 mb-1 text-soft">Public key: may only send scores, and may be seen.</p>
      <CopyId id={created.publicKey} what="public key" className="-ml-1" />
    </ShownOnce>
  )
}

/** The teams for which the account may make keys: its own, or all. */
function useUsableTeams(project: string) {
  const may = useMay()
  const { account } = useSession()
  const teams = useQuery({ ...teamsQuery(project), enabled: may('teams:read') }).data ?? []
  return may('keys:write') ? teams : teams.filter(({ members }) => members?.some(({ id }) => id === account.id))
}
