import { allows, PERMISSIONS_OF, type Permission, type Role } from '@signalbox/schema'
import { useSession } from './session.ts'
import { useProject } from './view.ts'

/** What the account that is logged in is in the open project. */
export function useRole(): Role {
  const project = useProject()
  return useSession().projects.find(({ id }) => id === project)?.role ?? 'viewer'
}

/** Whether the account may do something in the open project. The server decides; this only keeps useless buttons away. */
export function useMay(): (permission: Permission) => boolean {
  const granted = PERMISSIONS_OF[useRole()]
  return (permission) => allows(granted, permission)
}

/** Whether the account may do everything in every project. */
export const useIsOrganisationOwner = (): boolean => useSession().account.role === 'owner'

/** Why a button cannot be pressed: nothing when it can. */
export function useWhyNot(): (permission: Permission) => string | undefined {
  const role = useRole()
  const may = useMay()
  return (permission) => (may(permission) ? undefined : `As ${role} of this project you may not change this. Ask an admin or an owner.`)
}
