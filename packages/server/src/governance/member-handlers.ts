import type { HandlersOf } from '../lib/handlers.ts'
import type { createAccounts } from './accounts.ts'
import type { createInvitations } from './invitations.ts'
import type { createMembers } from './members.ts'
import type { createResetLinks } from './reset-links.ts'
import type { createTeams } from './teams.ts'

type Rooms = {
  members: ReturnType<typeof createMembers>
  teams: ReturnType<typeof createTeams>
  invitations: ReturnType<typeof createInvitations>
  accounts: ReturnType<typeof createAccounts>
  resetLinks: ReturnType<typeof createResetLinks>
}
type Inviting = Pick<HandlersOf<'invitations'>, 'invitations.list' | 'invitations.create' | 'invitations.revoke'>

/** The API of members, teams, invitations that were made, and everybody in the organisation. */
export function memberHandlers({
  members,
  teams,
  invitations,
  accounts,
  resetLinks,
}: Rooms): HandlersOf<'members' | 'teams' | 'accounts'> & Inviting {
  return {
    'members.list': async (_, { caller }) => ({ members: await members.list(caller.projectId) }),
    'members.change': (input, { caller }) => members.change(caller, input),
    'members.remove': ({ id, revokeKeys = false }, { caller }) => members.remove(caller, { id, withKeys: revokeKeys }),
    'members.leave': ({ revokeKeys }, { caller }) => members.leave(caller, { withKeys: revokeKeys }),
    'members.endLogins': ({ id }, { caller }) => members.endLogins(caller, id),

    'invitations.list': (page, { caller }) => invitations.list(caller.projectId, page),
    'invitations.create': (input, { caller }) => invitations.create(caller, input),
    'invitations.revoke': ({ id }, { caller }) => invitations.revoke(caller.projectId, id),

    'teams.list': async (_, { caller }) => ({ teams: await teams.list(caller) }),
    'teams.create': ({ name }, { caller }) => teams.create(caller, name),
    'teams.rename': (input, { caller }) => teams.rename(caller, input),
    'teams.delete': async ({ id }, { caller }) => {
      await teams.delete(caller, id)
      return { ok: true }
    },
    'teams.addMember': (input, { caller }) => teams.addMember(caller, input),
    'teams.removeMember': (input, { caller }) => teams.removeMember(caller, input),
    'teams.setRole': (input, { caller }) => teams.setRole(caller, input),

    'accounts.list': async () => ({ accounts: await accounts.list() }),
    'accounts.resetLink': ({ id }) => resetLinks.make(id),
    'accounts.change': (input) => accounts.change(input),
    'accounts.remove': ({ id, revokeKeys = false }) => accounts.remove({ id, withKeys: revokeKeys }),
  }
}
