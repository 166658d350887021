import { queryOptions } from '@tanstack/react-query'
import { clientFor } from './client.ts'
import { promptKeys } from './prompts.ts'

const AGAIN = 15_000
/** While something is under way it is looked at more often. */
const SOON = 1500

export const webhooksQuery = (project: string) =>
  queryOptions({
    queryKey: [...promptKeys.all(project), 'webhooks'],
    queryFn: async ({ signal }) => (await clientFor(project).promptWebhooks.list({}, { signal })).webhooks,
    refetchInterval: ({ state }) => (state.data?.some(({ waiting }) => waiting > 0) ? SOON : AGAIN),
  })

/** What was told to one of them, the newest first. */
export const deliveriesQuery = (project: string, id: string) =>
  queryOptions({
    queryKey: [...promptKeys.all(project), 'webhooks', id, 'deliveries'],
    queryFn: async ({ signal }) => (await clientFor(project).promptWebhooks.deliveries({ id, limit: 100 }, { signal })).deliveries,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'waiting') ? SOON : AGAIN),
  })
