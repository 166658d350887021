import { z } from 'zod'
import { ProviderName } from './provider.ts'
import { FilterOp } from './query.ts'

export const Strategy = z.enum(['fallback', 'weighted', 'latency', 'least-busy', 'cost', 'complexity', 'sticky', 'affinity', 'rules'])
export type Strategy = z.infer<typeof Strategy>

/** Deadlines of one try, but `totalMs`, which all tries of a call share. */
export const Timeouts = z.strictObject({
  connectMs: z.int().positive().optional(),
  firstByteMs: z.int().positive().optional(),
  firstTokenMs: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Until something that a reader can see; of a whole answer until its end.' }),
  idleMs: z.int().positive().optional().meta({ description: 'Between two pieces of an answer.' }),
  totalMs: z.int().positive().optional().meta({ description: 'Of the call with all its tries.' }),
})
export type Timeouts = z.output<typeof Timeouts>

export const Modality = z.enum(['text', 'image', 'audio', 'file'])
export type Modality = z.infer<typeof Modality>

/** One model of one provider that a call can go to. */
export const Target = z.strictObject({
  provider: ProviderName,
  model: z.string().min(1).max(300),
  weight: z
    .number()
    .nonnegative()
    .max(1_000_000)
    .optional()
    .meta({ description: 'For weighted, sticky and affinity; 1 where it is absent.' }),
  tier: z.enum(['easy', 'hard']).optional().meta({ description: 'For complexity: which calls it is meant for.' }),
  region: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .meta({ description: 'Where it runs, such as eu. Calls that ask for a region go only there.' }),
  contextWindow: z.int().positive().optional().meta({ description: 'Tokens. Where it is absent, what the price list says.' }),
  modalities: z.array(Modality).optional().meta({ description: 'What it can be given beside text; everything where it is absent.' }),
})
export type Target = z.output<typeof Target>

/** How failures of one call are answered with more tries. All of them together stay below `total`. */
export const Retries = z.strictObject({
  attempts: z.int().min(0).max(5).default(1).meta({ description: 'More tries at the same target, before the next one is taken.' }),
  total: z.int().min(1).max(20).default(8).meta({ description: 'Tries of one call at all targets together.' }),
  backoffMs: z
    .int()
    .nonnegative()
    .max(60_000)
    .default(200)
    .meta({ description: 'Before a second try at the same target, doubled each time, with jitter.' }),
  maxWaitMs: z.int().nonnegative().max(600_000).default(5000).meta({ description: 'No wait is longer, also where `retry-after` says so.' }),
})
export type Retries = z.output<typeof Retries>

/** When a target is left alone for a while. */
export const Breaker = z.strictObject({
  failures: z.int().min(1).max(1000).default(5).meta({ description: 'Failures within the window that open it.' }),
  ratio: z.number().gt(0).max(1).default(0.5).meta({ description: 'And at least this part of the calls within the window.' }),
  windowSeconds: z.int().min(1).max(3600).default(30),
  cooldownSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(10)
    .meta({ description: 'Then one call probes; each failed probe doubles it, up to 5 minutes.' }),
})
export type Breaker = z.output<typeof Breaker>

/** What a failed try was, by what can be done about it. */
export const FailureClass = z.enum([
  'transport',
  'timeout',
  'rate',
  'overloaded',
  'server',
  'auth',
  'quota',
  'not-found',
  'context-length',
  'content-policy',
  'guardrail',
  'garbage',
  'too-large',
  'bad-request',
  'unsupported',
])
export type FailureClass = z.infer<typeof FailureClass>
/** Classes after which another target is tried, unless the alias says otherwise. */
export const FALLBACK_ON: readonly FailureClass[] = FailureClass.options.filter((name) => name !== 'bad-request')

/** One condition of a rule. `metadata.tier`, `header.x-plan` and `tags` are the client's; `inputTokens` is estimated. */
export const Condition = z.strictObject({
  field: z
    .string()
    .regex(
      /^(metadata\.[\w.-]{1,100}|header\.[a-z0-9-]{1,100}|inputTokens|maxTokens|tools|modality|stream|user|session|environment|tags|key|team|budgetLeft|hour)$/,
      {
        error:
          'must be metadata.NAME, header.NAME, inputTokens, maxTokens, tools, modality, stream, user, session, environment, tags, key, team, budgetLeft or hour',
      },
    ),
  op: FilterOp,
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]).optional(),
})
export type Condition = z.output<typeof Condition>
export const Rule = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  if: z.array(Condition).min(1).meta({ description: 'All of them must hold.' }),
  targets: z.array(Target).min(1),
})
export type Rule = z.output<typeof Rule>

/** Answers that are kept and given again. */
export const ModelCache = z.strictObject({
  mode: z.enum(['off', 'exact', 'semantic']).default('exact'),
  ttlSeconds: z.int().min(1).max(31_536_000).default(3600),
  similarity: z.number().min(0).max(1).default(0.95).meta({ description: 'semantic: how close two questions must be, as a cosine.' }),
  embeddings: z.string().min(1).max(300).optional().meta({ description: 'semantic: the alias or provider/model that embeds questions.' }),
})
export type ModelCache = z.output<typeof ModelCache>

/** What an app may call a model: nearly anything, in the file as in the API. */
export const ModelName = z.string().regex(/^(?!prompt:)\S(.{0,198}\S)?$/, {
  error: 'at most 200 characters, without space at either end, and not beginning with "prompt:", which is kept for prompts',
})

/** A name that an app asks for, and where its calls go. */
export const ModelEntry = z.strictObject({
  strategy: Strategy.default('fallback'),
  targets: z.array(Target).min(1).max(50),
  rules: z.array(Rule).max(100).optional().meta({
    description: 'The first that holds decides, whatever the strategy; else `targets` as the strategy says, for `rules` in their order.',
  }),
  stickyBy: z
    .string()
    .regex(/^(user|session|key|metadata\.[\w.-]{1,100})$/, { error: 'must be user, session, key or metadata.NAME' })
    .optional()
    .meta({ description: 'sticky: whose calls stay at one target; the user where it is absent.' }),
  latency: z
    .strictObject({ by: z.enum(['first-token', 'tokens-per-second', 'total']).default('total') })
    .optional()
    .meta({ description: 'latency: what is to be least, from what calls of the last minutes showed.' }),
  cost: z
    .strictObject({
      maxFirstTokenMs: z.int().positive().optional(),
      minTokensPerSecond: z.number().positive().optional(),
      maxErrorRate: z.number().min(0).max(1).optional(),
    })
    .optional()
    .meta({ description: 'cost: the cheapest target that meets these.' }),
  complexity: z
    .strictObject({ threshold: z.number().min(0).max(1).default(0.35) })
    .optional()
    .meta({ description: 'complexity: calls that score at least this much are hard.' }),
  retries: Retries.optional(),
  breaker: z.union([z.literal(false), Breaker]).optional(),
  fallbackOn: z
    .array(FailureClass)
    .optional()
    .meta({ description: 'After which failures another target is tried; all but bad-request where it is absent.' }),
  regions: z.array(z.string().min(1).max(60)).min(1).optional().meta({ description: 'Only targets of these regions.' }),
  timeouts: Timeouts.optional(),
  cache: ModelCache.optional(),
})
export type ModelEntry = z.output<typeof ModelEntry>

/** Why a target was not tried, or was. */
export const RouteStep = z.object({
  provider: z.string(),
  model: z.string(),
  /** `chosen` first, `next` in their order, `skipped` with a reason. */
  place: z.enum(['chosen', 'next', 'skipped']),
  reason: z.string(),
})
export type RouteStep = z.infer<typeof RouteStep>
/** How one call was routed, in words. */
export const RouteDecision = z.object({
  alias: z.string().meta({ description: 'The alias that was asked for; empty for provider/model.' }),
  strategy: z.string(),
  reason: z.string(),
  steps: z.array(RouteStep),
})
export type RouteDecision = z.infer<typeof RouteDecision>

const ShownTarget = Target.extend({ usable: z.boolean(), problem: z.string().nullable() })
/** An alias as the API shows it. */
export const Model = ModelEntry.extend({
  name: z.string().meta({ description: 'What an app asks for.' }),
  strategy: Strategy,
  targets: z.array(ShownTarget),
  from: z.enum(['file', 'built-in', 'project']).meta({ description: 'Only those of the project can be changed here.' }),
  hidden: z.boolean().meta({ description: 'signalbox.yaml has an alias of this name, which is used instead.' }),
  problem: z.string().nullable().meta({ description: 'Why it is not used at all; null when it is.' }),
  warnings: z.array(z.string()).meta({ description: 'What of it has no effect or cannot work.' }),
})
export type Model = z.infer<typeof Model>

/** An alias to add to a project. */
export const NewModel = ModelEntry.extend({ name: ModelName.meta({ title: 'Name', description: 'What an app asks for.' }) })
export type NewModel = z.output<typeof NewModel>

const changeable = <T extends z.ZodType>(schema: T) => schema.nullable().optional()
const { strategy: _strategy, targets: _targets, rules, stickyBy, latency, cost, complexity, ...others } = ModelEntry.shape
/** What is left out stays as it is, `null` takes away. */
export const ModelChange = z.strictObject({
  strategy: Strategy.optional(),
  targets: z.array(Target).min(1).max(50).optional(),
  rules: changeable(rules),
  stickyBy: changeable(stickyBy),
  latency: changeable(latency),
  cost: changeable(cost),
  complexity: changeable(complexity),
  retries: changeable(others.retries),
  breaker: changeable(others.breaker),
  fallbackOn: changeable(others.fallbackOn),
  regions: changeable(others.regions),
  timeouts: changeable(others.timeouts),
  cache: changeable(others.cache),
})
export type ModelChange = z.output<typeof ModelChange>
