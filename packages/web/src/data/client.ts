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
  return createClient({
    baseUrl: '',
    headers: () => ({
      ...(csrfToken.current && { 'x-signalbox-csrf': csrfToken.current }),
      ...(project && { 'x-signalbox-project': project }),
    }),
  })
}
