import type { Output } from '@signalbox/sdk'
import { queryOptions, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { csrfToken } from './csrf.ts'
import { queryClient } from './query-client.ts'

type Session = Output<'session.get'>

/** Who is logged in, and the projects that account may see. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => remember(await client.session.get({}, { signal })),
  staleTime: 5 * 60_000,
})

/** Who is logged in, where the page came with it: nothing has to wait for an answer that is there. */
export function adoptSession(): void {
  const element = document.getElementById('signalbox-session')
  if (!element) return
  store(JSON.parse(element.textContent) as Session)
  element.remove()
}

/** The session of a page that is only shown to somebody logged in. */
export const useSession = (): Session => useSuspenseQuery(sessionQuery).data

/** Logs in with e-mail and password. */
export async function login(input: { email: string; password: string }): Promise<Session> {
  return store(await client.session.login(input))
}

/** Logs in with the one-time link that the server prints on its first start. The link works once, so the call is made once. */
export function redeem(token: string): Promise<Session> {
  let running = redemptions.get(token)
  if (!running) {
    running = client.session.redeem({ token }).then(store)
    redemptions.set(token, running)
  }
  return running
}
const redemptions = new Map<string, Promise<Session>>()

/** Makes an account by an invitation and logs it in. */
export async function acceptInvitation(input: { token: string; email: string; password: string }): Promise<Session> {
  return store(await client.invitations.accept(input))
}

/** Uses an invitation with the account that is logged in. */
export async function joinByInvitation(token: string): Promise<Session> {
  return store(await client.invitations.join({ token }))
}

/** Sets a new password by a reset link and logs in. What another account left in this browser is forgotten. */
export async function resetPassword(input: { token: string; password: string }): Promise<Session> {
  const session = await client.session.reset(input)
  queryClient.clear()
  return store(session)
}

export async function logout(): Promise<void> {
  await client.session.logout()
  csrfToken.current = ''
  queryClient.clear()
}

/** Reads the session anew, after a project or the credentials changed. */
export function useRefreshSession(): () => Promise<void> {
  const cache = useQueryClient()
  return () => cache.invalidateQueries({ queryKey: sessionQuery.queryKey })
}

function store(session: Session): Session {
  queryClient.setQueryData(sessionQuery.queryKey, remember(session))
  return session
}

function remember(session: Session): Session {
  csrfToken.current = session.csrfToken
  return session
}
