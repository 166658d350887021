import { z } from 'zod'
import { Budget, Currency, SharedBudget } from './budget.ts'
import { CacheStore, PriceEntry } from './config.ts'
import { FeedbackSettings } from './feedback.ts'
import { SnapshotPrompt } from './prompt.ts'
import { ProviderOrigin } from './provider.ts'
import { ModelEntry } from './routing.ts'
import { Split } from './split.ts'

/** A key as the edge knows it: enough to let a caller in, nothing to log in with. */
export const SnapshotKey = z.object({
  id: z.string(),
  name: z.string().optional(),
  projectId: z.string(),
  publicKey: z.string(),
  secretSha256: z.string().meta({ description: 'Hex. Secrets are random, so a fast hash is enough.' }),
  scopes: z.array(z.string()),
  expiresAt: z.int().nullable().meta({ description: 'Milliseconds since 1970.' }),
  accountId: z.string().optional().meta({ description: 'Who made it; absent for keys of the file and of the environment.' }),
  teamId: z.string().optional(),
})
export type SnapshotKey = z.infer<typeof SnapshotKey>

export const SnapshotProvider = z.object({
  name: z.string(),
  kind: z.string(),
  baseUrl: z.string(),
  apiKey: z.string().nullable(),
  moreKeys: z.array(z.string()).optional().meta({ description: 'Further keys, for when one is refused.' }),
  headers: z.record(z.string(), z.string()),
  settings: z.record(z.string(), z.string()).optional().meta({ description: 'What the kind needs beside key and address: region, …' }),
  from: ProviderOrigin,
  guarded: z.boolean().optional().meta({ description: 'It may only be reached at public addresses.' }),
  problem: z.string().nullable().meta({ description: 'Why it cannot be used; null when it can.' }),
})
export type SnapshotProvider = z.infer<typeof SnapshotProvider>

export const SnapshotProject = z.object({
  id: z.string(),
  providers: z.record(z.string(), SnapshotProvider),
  models: z.record(z.string(), ModelEntry),
  prompts: z
    .record(z.string(), SnapshotPrompt)
    .optional()
    .meta({ description: 'By name: of each what its labels point to. Absent where there are none.' }),
  budgets: z.array(Budget).default([]).meta({ description: 'Of this project: those of the organisation are in sharedBudgets.' }),
  sharedBudgets: z.array(SharedBudget).optional(),
  currency: Currency.prefault({}),
  splits: z.array(Split).default([]),
  prices: z.array(PriceEntry),
  capture: z.object({ content: z.boolean(), maxBytes: z.int() }),
  feedback: FeedbackSettings.optional().meta({ description: 'A core of an older version does not say it.' }),
  cache: z
    .object({
      purged: z.int().meta({ description: 'How often all kept answers of the project were given up.' }),
      purgedModels: z.record(z.string(), z.int()).meta({ description: 'Likewise of one alias.' }),
      rejected: z.array(z.string()).meta({ description: 'Spans whose answers are not given any more: somebody said that they are wrong.' }),
    })
    .optional(),
})
export type SnapshotProject = z.infer<typeof SnapshotProject>

/** Everything the edge needs to serve a call without asking anybody. Immutable; a change makes a new version. */
export const Snapshot = z.object({
  version: z.int(),
  projects: z.record(z.string(), SnapshotProject),
  keys: z.array(SnapshotKey),
  limits: z.object({ maxBodyBytes: z.int() }),
  cache: CacheStore.prefault({}),
})
export type Snapshot = z.infer<typeof Snapshot>
