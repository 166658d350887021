import { queryOptions } from '@tanstack/react-query'
import { client, clientFor } from './client.ts'
import { keys } from './keys.ts'

/** Below it hangs all that the page Access shows of a project. */
export const accessKey = (project: string) => [...keys.config(project), 'access'] as const

export const membersQuery = (project: string) =>
  queryOptions({
    queryKey: [...accessKey(project), 'members'],
    queryFn: async ({ signal }) => (await clientFor(project).members.list({}, { signal })).members,
  })

export const teamsQuery = (project: string) =>
  queryOptions({
    queryKey: [...accessKey(project), 'teams'],
    queryFn: async ({ signal }) => (await clientFor(project).teams.list({}, { signal })).teams,
  })

/** The newest invitations: old ones are of no use any more. */
export const invitationsQuery = (project: string) =>
  queryOptions({
    queryKey: [...accessKey(project), 'invitations'],
    queryFn: async ({ signal }) => (await clientFor(project).invitations.list({ limit: 100 }, { signal })).invitations,
  })

/** Everybody in the organisation. Kept with the project, so that what changes there is read again here. */
export const accountsQuery = (project: string) =>
  queryOptions({
    queryKey: [...accessKey(project), 'accounts'],
    queryFn: async ({ signal }) => (await client.accounts.list({}, { signal })).accounts,
  })

/** Where the account is logged in. */
export const loginsQuery = queryOptions({
  queryKey: ['logins'],
  queryFn: async ({ signal }) => (await client.logins.list({}, { signal })).logins,
})

/** Whose password a reset link sets. */
export const resetQuery = (token: string) =>
  queryOptions({
    queryKey: ['reset', token],
    queryFn: ({ signal }) => client.session.showReset({ token }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What an invitation leads to. */
export const invitedQuery = (token: string) =>
  queryOptions({
    queryKey: ['invited', token],
    queryFn: ({ signal }) => client.invitations.show({ token }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
