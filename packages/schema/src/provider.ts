import { z } from 'zod'

export const ProviderKind = z.enum([
  'openai',
  'openai-compatible',
  'azure',
  'mistral',
  'anthropic',
  'google',
  'vertex',
  'bedrock',
  'cohere',
  'simulator',
])
export type ProviderKind = z.infer<typeof ProviderKind>

export const ProviderName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/i, { error: 'letters, digits, - and _, at most 40' })

/** A provider as the API shows it: where it points and whether it can be used, never its key. */
export const Provider = z.object({
  name: ProviderName,
  kind: z.string(),
  baseUrl: z.string(),
  from: z.enum(['file', 'environment', 'built-in']).meta({ description: 'Where it was configured; all of these are read-only in the UI.' }),
  configured: z.boolean(),
  problem: z.string().nullable().meta({ description: 'What is missing when it is not configured.' }),
  hasKey: z.boolean(),
})
export type Provider = z.infer<typeof Provider>

export const Strategy = z.enum(['fallback', 'weighted', 'latency', 'least-busy', 'cost', 'complexity', 'sticky', 'affinity', 'rules'])
export type Strategy = z.infer<typeof Strategy>

export const Target = z.strictObject({
  provider: ProviderName,
  model: z.string().min(1).max(300),
  weight: z.number().nonnegative().optional(),
})
export type Target = z.infer<typeof Target>

export const Timeouts = z.strictObject({
  connectMs: z.int().positive().optional(),
  firstByteMs: z.int().positive().optional(),
  firstTokenMs: z.int().positive().optional(),
  idleMs: z.int().positive().optional(),
  totalMs: z.int().positive().optional(),
})
export type Timeouts = z.infer<typeof Timeouts>

export const Model = z.object({
  name: z.string().meta({ description: 'What an app asks for.' }),
  strategy: Strategy,
  targets: z.array(Target.extend({ usable: z.boolean(), problem: z.string().nullable() })),
  from: z.enum(['file', 'built-in']),
})
export type Model = z.infer<typeof Model>
