import { z } from 'zod'
import { PriceEntry } from './config.ts'
import { ProviderOrigin, Target, Timeouts } from './provider.ts'

/** A key as the edge knows it: enough to let a caller in, nothing to log in with. */
export const SnapshotKey = z.object({
  id: z.string(),
  projectId: z.string(),
  publicKey: z.string(),
  secretSha256: z.string().meta({ description: 'Hex. Secrets are random, so a fast hash is enough.' }),
  scopes: z.array(z.string()),
  expiresAt: z.int().nullable().meta({ description: 'Milliseconds since 1970.' }),
})
export type SnapshotKey = z.infer<typeof SnapshotKey>

export const SnapshotProvider = z.object({
  name: z.string(),
  kind: z.string(),
  baseUrl: z.string(),
  apiKey: z.string().nullable(),
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
  models: z.record(z.string(), z.object({ strategy: z.string(), targets: z.array(Target), timeouts: Timeouts })),
  prices: z.array(PriceEntry),
  capture: z.object({ content: z.boolean(), maxBytes: z.int() }),
})
export type SnapshotProject = z.infer<typeof SnapshotProject>

/** Everything the edge needs to serve a call without asking anybody. Immutable; a change makes a new version. */
export const Snapshot = z.object({
  version: z.int(),
  projects: z.record(z.string(), SnapshotProject),
  keys: z.array(SnapshotKey),
  limits: z.object({ maxBodyBytes: z.int() }),
})
export type Snapshot = z.infer<typeof Snapshot>
