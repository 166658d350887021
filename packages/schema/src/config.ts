import { z } from 'zod'
import { ProjectId, Scope } from './access.ts'
import { Budget, Currency } from './budget.ts'
import { Dashboard } from './dashboard.ts'
import { Retention } from './deletion-api.ts'
import { FeedbackSettings } from './feedback.ts'
import { ProviderKind, ProviderName } from './provider.ts'
import { ModelEntry, ModelName } from './routing.ts'
import { Split } from './split.ts'

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
    ttlSeconds: z
      .int()
      .positive()
      .max(86_400)
      .default(300)
      .meta({ description: 'How long the key is good for. The command runs again ahead of that, when a fifth of it is left.' }),
  }),
])
export type KeySource = z.output<typeof KeySource>

export const ProviderEntry = z.strictObject({
  kind: ProviderKind,
  apiKey: z
    .union([z.string(), ...KeySource.options], { error: 'write text, { file: path } or { command: [program, argument], ttlSeconds: 300 }' })
    .optional()
    .meta({
      description:
        'Write ${VARIABLE}; a key in clear text works, but then the file is a secret. Or where it is: { file: … }, { command: […] }.',
    }),
  moreKeys: z
    .array(z.string().min(1))
    .max(20)
    .optional()
    .meta({ description: 'Further keys of the same provider, for when one is refused, used up or at its rate limit. Write ${VARIABLE}.' }),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  headers: z.record(z.string(), z.string()).optional().meta({ description: 'Sent with every request to this provider.' }),
  project: z.string().optional().meta({ description: 'vertex: the Google Cloud project.' }),
  location: z.string().optional().meta({ description: 'vertex: such as us-central1 or global.' }),
  apiVersion: z.string().optional().meta({ description: 'azure: for deployments of the older API; without it the v1 API is used.' }),
  region: z.string().optional().meta({ description: 'bedrock: such as us-east-1.' }),
  accessKeyId: z.string().optional().meta({ description: 'bedrock: write ${AWS_ACCESS_KEY_ID}.' }),
  secretAccessKey: z.string().optional().meta({ description: 'bedrock: write ${AWS_SECRET_ACCESS_KEY}.' }),
  sessionToken: z.string().optional().meta({ description: 'bedrock: write ${AWS_SESSION_TOKEN}.' }),
})
export type ProviderEntry = z.output<typeof ProviderEntry>

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
  scopes: z.array(Scope).default(['gateway:call', 'traces:write', 'traces:read', 'scores:write', 'prompts:read']),
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
  models: z.record(ModelName, ModelEntry).default({}),
  prices: z.array(PriceEntry).default([]),
  keys: z.array(KeyEntry).default([]),
  currency: Currency.prefault({}),
  budgets: z.array(Budget).default([]),
  splits: z.array(Split).default([]),
  dashboards: z.array(Dashboard).default([]),
  capture: Capture.prefault({}),
  feedback: FeedbackSettings.prefault({}),
  retention: Retention.optional().meta({ description: 'For how many days payloads and metadata are kept. Absent: as the project is set.' }),
})
export type ProjectEntry = z.output<typeof ProjectEntry>

/** Where answers are kept that are given again. Whether they are is said per model. */
export const CacheStore = z.strictObject({
  store: z
    .enum(['memory', 'disk', 'redis'])
    .optional()
    .meta({ description: 'redis needs REDIS_URL, and is what is used where that is set; else disk.' }),
  maxBytes: z
    .int()
    .positive()
    .default(1_073_741_824)
    .meta({ description: 'Of answers in memory or on disk; the ones not used for longest (on disk: about so) go first.' }),
})
export type CacheStore = z.output<typeof CacheStore>

/** `signalbox.yaml`. Either one project at the top level (`project`, `providers`, …) or several under `projects`. */
export const ConfigFile = ProjectEntry.extend({
  version: z.literal(1),
  project: ProjectId.default('default'),
  projects: z.record(ProjectId, ProjectEntry).optional(),
  limits: z.strictObject({ maxBodyBytes: z.int().positive().default(33_554_432) }).prefault({}),
  cache: CacheStore.prefault({}),
})
export type ConfigFile = z.output<typeof ConfigFile>
