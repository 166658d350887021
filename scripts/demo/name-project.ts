import { createClient } from '@signalbox/sdk'

export const DEMO_PROJECT = 'Customer-support copilot'

/** Calls the project of the key after what it shows, unless somebody gave it a name already. */
export async function nameProject({ url, key }: { url: string; key: string }): Promise<void> {
  const client = createClient({ baseUrl: url, apiKey: key })
  const { projects } = await client.projects.list({})
  for (const { id, name } of projects) if (name === id || name === 'Default') await client.projects.update({ id, name: DEMO_PROJECT })
}
