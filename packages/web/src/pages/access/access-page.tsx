import { UserPlus } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useIsOrganisationOwner, useMay, useRole } from '../../data/may.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { useHashDialog } from '../../ui/use-hash-dialog.ts'
import { InvitationsPanel } from './invitations-panel.tsx'
import { MembersPanel } from './members-panel.tsx'
import { OrganisationPanel } from './organisation-panel.tsx'
import { TeamsPanel } from './teams-panel.tsx'

const InviteDialog = lazy(() => import('./invite-dialog.tsx'))

/** Who is in the project, in what role, and who is on the way in. */
export function AccessPage() {
  const may = useMay()
  const role = useRole()
  const isOwner = useIsOrganisationOwner()
  const [inviting, setInviting] = useHashDialog('invite', may('members:write'))
  return (
    <Page>
      <PageHeader
        title="Access"
        question="Who may look at this project and who may change it, by themselves or through a team."
        action={
          may('members:write') && (
            <Button kind="primary" onClick={() => setInviting(true)}>
              <UserPlus size={14} aria-hidden /> Invite
            </Button>
          )
        }
      />
      {may('members:read') ? (
        <>
          <MembersPanel />
          <InvitationsPanel onInvite={() => setInviting(true)} />
          {may('teams:read') && <TeamsPanel />}
          {isOwner && <OrganisationPanel />}
        </>
      ) : (
        <EmptyState icon={UserPlus} title="This page is for others">
          As {role} of this project you do not see its members. Ask an admin or an owner for a higher role.
        </EmptyState>
      )}
      {inviting && (
        <Suspense>
          <InviteDialog onClose={() => setInviting(false)} />
        </Suspense>
      )}
    </Page>
  )
}
