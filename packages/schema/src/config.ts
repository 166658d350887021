import { z } from 'zod'
import { Permission, ProjectId } from './access.ts'
import { ProviderKind, ProviderName, Strategy, Target, Timeouts } from './provider.ts'

/** Where a key is, when it stands neither in the file nor in a variable. */
export const KeySource = z.union([
  z.strictObject({
    file: z.string().min(1).meta({ description: 'Relative to signalbox.yaml. Read again when it changes.' }),
  }),
  z.strictObject({
    command: z
      .array(z.string())
      .min(1)
      .meta({ description: 'A program and its arguments, run without a shell. It prints the key and nothing else.' }),
    ttlSeconds: z.int().positive().max(86_400).default(300).meta({ description: 'Run again after this time.' }),
  }),
])
export type KeySource = z.output<typeof KeySource>

const ProviderEntry = z.strictObject({
  kind: ProviderKind,
  apiKey: z
    .union([z.string(), ...KeySource.options], { error: 'write text, { file: path } or { command: [program, argument], ttlSeconds: 300 }' })
    .optional()
    .meta({
      description:
        'Write ${VARIABLE}; a key in clear text works, but then the file is a secret. Or where it is: { file: … }, { command: […] }.',
    }),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  headers: z.record(z.string(), z.string()).optional().meta({ description: 'Sent with every request to this provider.' }),
  apiKeyCommand: z
    .string()
    .optional()
    .meta({ description: 'vertex: prints a fresh access token, such as `gcloud auth print-access-token`.' }),
  project: z.string().optional().meta({ description: 'vertex: the Google Cloud project.' }),
  location: z.string().optional().meta({ description: 'vertex: such as us-central1 or global.' }),
  apiVersion: z.string().optional().meta({ description: 'azure: for deployments of the older API; without it the v1 API is used.' }),
  region: z.string().optional().meta({ description: 'bedrock: such as us-east-1.' }),
  accessKeyId: z.string().optional().meta({ description: 'bedrock: write ${AWS_ACCESS_KEY_ID}.' }),
  secretAccessKey: z.string().optional().meta({ description: 'bedrock: write ${AWS_SECRET_ACCESS_KEY}.' }),
  sessionToken: z.string().optional().meta({ description: 'bedrock: write ${AWS_SESSION_TOKEN}.' }),
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
  image: z.number().nonnegative().optional().meta({ description: 'US dollars per image made, where the provider counts no tokens.' }),
  characters: usdPerMillion
    .optional()
    .meta({ description: 'US dollars per million characters that are spoken, where no tokens are counted.' }),
  minute: z.number().nonnegative().optional().meta({ description: 'US dollars per minute of audio heard, where no tokens are counted.' }),
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
