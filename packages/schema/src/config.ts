import { z } from 'zod'
import { Permission, ProjectId } from './access.ts'
import { ProviderKind, ProviderName, Strategy, Target, Timeouts } from './provider.ts'

const ProviderEntry = z.strictObject({
  kind: ProviderKind,
  apiKey: z.string().optional().meta({ description: 'Write ${VARIABLE}; a key in clear text works, but then the file is a secret.' }),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  headers: z.record(z.string(), z.string()).optional().meta({ description: 'Sent with every request to this provider.' }),
})
export type ProviderEntry = z.output<typeof ProviderEntry>

const ModelEntry = z.strictObject({
  strategy: Strategy.default('fallback'),
  targets: z.array(Target).min(1),
  timeouts: Timeouts.optional(),
})
export type ModelEntry = z.output<typeof ModelEntry>

const usdPerMillion = z.number().nonnegative().meta({ description: 'US dollars per million tokens.' })
/** Overrides the price package. Buckets that are not named cost what `input` or `output` costs. */
export const PriceEntry = z.strictObject({
  provider: z.string().optional().meta({ description: 'Name of the provider; every provider where it is absent.' }),
  model: z.string().meta({ description: 'Exact name, or a prefix that ends in *.' }),
  input: usdPerMillion,
  output: usdPerMillion,
  cacheRead: usdPerMillion.optional(),
  cacheWrite: usdPerMillion.optional(),
  cacheWrite1h: usdPerMillion.optional(),
  inputAudio: usdPerMillion.optional(),
  inputImage: usdPerMillion.optional(),
  reasoning: usdPerMillion.optional(),
  outputAudio: usdPerMillion.optional(),
})
export type PriceEntry = z.output<typeof PriceEntry>

const KeyEntry = z.strictObject({
  name: z.string(),
  publicKey: z.string().regex(/^pk-sb-/),
  secretKey: z.string().regex(/^sk-sb-/),
  scopes: z.array(Permission).default(['gateway:call', 'traces:write', 'traces:read', 'scores:write']),
})

const Capture = z.strictObject({
  content: z.boolean().default(true).meta({
    description:
      'false: inputs and outputs are never written, only counts: neither those of calls through the gateway nor those of spans that others send.',
  }),
  maxBytes: z.int().positive().default(8_388_608).meta({ description: 'Longer inputs and outputs are cut, and marked as cut.' }),
})

const ProjectEntry = z.strictObject({
  providers: z.record(ProviderName, ProviderEntry).default({}),
  models: z.record(z.string(), ModelEntry).default({}),
  prices: z.array(PriceEntry).default([]),
  keys: z.array(KeyEntry).default([]),
  capture: Capture.prefault({}),
})
export type ProjectEntry = z.output<typeof ProjectEntry>

/** `signalbox.yaml`. Either one project at the top level (`project`, `providers`, …) or several under `projects`. */
export const ConfigFile = ProjectEntry.extend({
  version: z.literal(1),
  project: ProjectId.default('default'),
  projects: z.record(ProjectId, ProjectEntry).optional(),
  limits: z.strictObject({ maxBodyBytes: z.int().positive().default(33_554_432) }).prefault({}),
})
export type ConfigFile = z.output<typeof ConfigFile>
