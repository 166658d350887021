import { z } from 'zod'
import { MovableLabel } from './prompt.ts'
import { cursor, limit, nextCursor, none, ok, type Route, route } from './route.ts'

const settings = {
  url: z
    .url({ protocol: /^https?$/, error: 'an address that starts with http:// or https://' })
    .max(2000)
    .meta({ title: 'URL' }),
  labels: z
    .array(MovableLabel)
    .max(50)
    .meta({ title: 'Labels', description: 'Only moves of these are told; all where the list is empty.' }),
  active: z.boolean(),
}
export const NewPromptWebhook = z.strictObject({
  url: settings.url,
  labels: settings.labels.default([]),
  active: settings.active.default(true),
})
const PromptWebhookChange = z.strictObject({
  url: settings.url.optional(),
  labels: settings.labels.optional(),
  active: settings.active.optional(),
})

export const PromptWebhook = z.object({
  id: z.string(),
  url: z.string(),
  labels: z.array(z.string()),
  active: z.boolean(),
  secretHint: z.string().meta({ description: 'The last four characters of the secret.' }),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  waiting: z.int().meta({ description: 'Deliveries that are still to be made.' }),
  failed: z.int().meta({ description: 'Deliveries that were given up, of those that are kept.' }),
})
export type PromptWebhook = z.output<typeof PromptWebhook>

export const PromptDelivery = z.object({
  id: z.string().meta({ description: 'Sent as `x-signalbox-delivery`: the same with every attempt.' }),
  eventId: z.string(),
  status: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  nextAt: z.iso.datetime().nullable(),
  responseStatus: z.int().nullable(),
  problem: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  body: z.string().meta({ description: 'What is sent, to the letter.' }),
})
export type PromptDelivery = z.output<typeof PromptDelivery>

const id = z.string().max(100)

/** The rows of the API table about who is told when a label is moved. */
export const promptWebhooksApi = {
  'promptWebhooks.list': route({
    method: 'GET',
    path: '/api/v1/prompt-webhooks',
    summary: 'Who is told when a label of a prompt is moved',
    access: 'prompts:read',
    input: none,
    output: z.object({ webhooks: z.array(PromptWebhook) }),
  }),
  'promptWebhooks.create': route({
    method: 'POST',
    path: '/api/v1/prompt-webhooks',
    summary: 'Tell somebody when a label is moved. The secret that signs is answered once',
    access: 'prompts:protect',
    input: NewPromptWebhook,
    output: PromptWebhook.extend({ secret: z.string().meta({ description: 'whsec_…, shown once.' }) }),
  }),
  'promptWebhooks.change': route({
    method: 'PATCH',
    path: '/api/v1/prompt-webhooks/{id}',
    summary: 'Change where it goes and what it is about, or switch it off',
    access: 'prompts:protect',
    input: PromptWebhookChange.extend({ id }),
    output: PromptWebhook,
  }),
  'promptWebhooks.remove': route({
    method: 'DELETE',
    path: '/api/v1/prompt-webhooks/{id}',
    summary: 'Tell nobody any more; what still waits is not sent',
    access: 'prompts:protect',
    input: z.object({ id }),
    output: ok,
  }),
  'promptWebhooks.test': route({
    method: 'POST',
    path: '/api/v1/prompt-webhooks/{id}/test',
    summary: 'Send a delivery of the type `prompt.test` now, signed as all others are',
    access: 'prompts:protect',
    input: z.strictObject({ id }),
    output: PromptDelivery,
  }),
  'promptWebhooks.deliveries': route({
    method: 'GET',
    path: '/api/v1/prompt-webhooks/{id}/deliveries',
    summary: 'What was told, and what came of it, newest first',
    access: 'prompts:read',
    input: z.object({ id, status: PromptDelivery.shape.status.optional(), limit, cursor }),
    output: z.object({ deliveries: z.array(PromptDelivery), nextCursor }),
  }),
  'promptWebhooks.retry': route({
    method: 'POST',
    path: '/api/v1/prompt-deliveries/{id}/retry',
    summary: 'Try a delivery again now, also one that was given up or has arrived',
    access: 'prompts:protect',
    input: z.strictObject({ id }),
    output: PromptDelivery,
  }),
} as const satisfies Record<string, Route>
