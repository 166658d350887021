import type { Session } from '@signalbox/schema'
import { type Client, createClient } from '@signalbox/sdk'
import { csrfToken } from './csrf.ts'

/** The API as seen from no project: session, projects, system. */
export const client: Client = connect()

/** The API as seen from one project; the same object for the same project. */
export function clientFor(project: string): Client {
  let found = clients.get(project)
  if (!found) {
    found = connect(project)
    clients.set(project, found)
  }
  return found
}
const clients = new Map<string, Client>()

function connect(project?: string): Client {
  return createClient({ baseUrl: '', headers: () => headersFor(project), fetch: withFreshToken })
}

/** A request beside the API table, for what streams. */
export const rawFetch = (project: string, path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> =>
  withFreshToken(path, { ...init, headers: { ...headersFor(project), ...init.headers } })

const headersFor = (project: string | undefined): Record<string, string> => ({
  ...(csrfToken.current && { [CSRF]: csrfToken.current }),
  ...(project && { 'x-signalbox-project': project }),
})

const CSRF = 'x-signalbox-csrf'

/** A login in another tab makes the token of this one old: it is read anew and the request sent once more. */
async function withFreshToken(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init)
  if (response.status !== 403) return response
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { error?: { code?: string } } | undefined
  if (body?.error?.code !== 'csrf-failed') return response
  const session = await fetch('/api/v1/session')
  if (!session.ok) return response
  csrfToken.current = ((await session.json()) as Session).csrfToken
  const headers = new Headers(init.headers)
  headers.set(CSRF, csrfToken.current)
  return fetch(url, { ...init, headers })
}
