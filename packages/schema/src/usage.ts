import { z } from 'zod'

const count = z.int().nonnegative()

/**
 * Tokens of one call in disjoint buckets: no token is in two of them, so their sum is the total.
 * Providers disagree on what includes what; the normaliser in `pricing/` decides, this shape does not.
 */
export const Usage = z.object({
  input: count.default(0).meta({ description: 'Input text tokens that no cache served.' }),
  cacheRead: count.default(0).meta({ description: 'Input tokens read from the prompt cache of the provider.' }),
  cacheWrite: count.default(0).meta({ description: 'Input tokens written to the prompt cache (5 minutes).' }),
  cacheWrite1h: count.default(0).meta({ description: 'Input tokens written to the prompt cache (1 hour).' }),
  inputAudio: count.default(0),
  inputImage: count.default(0),
  output: count.default(0).meta({ description: 'Output text tokens that are not reasoning.' }),
  reasoning: count.default(0),
  outputAudio: count.default(0),
})
export type Usage = z.infer<typeof Usage>
export const USAGE_BUCKETS = Object.keys(Usage.shape) as (keyof Usage)[]
export const INPUT_BUCKETS = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'inputAudio',
  'inputImage',
] as const satisfies readonly (keyof Usage)[]
export const OUTPUT_BUCKETS = ['output', 'reasoning', 'outputAudio'] as const satisfies readonly (keyof Usage)[]

/** Who counted: the provider, our tokenizer, or nobody. */
export const UsageSource = z.enum(['provider', 'estimated', 'none'])
export type UsageSource = z.infer<typeof UsageSource>

export const noUsage = (): Usage => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  inputAudio: 0,
  inputImage: 0,
  output: 0,
  reasoning: 0,
  outputAudio: 0,
})
export const inputTokens = (usage: Usage): number => INPUT_BUCKETS.reduce((sum, bucket) => sum + usage[bucket], 0)
export const outputTokens = (usage: Usage): number => OUTPUT_BUCKETS.reduce((sum, bucket) => sum + usage[bucket], 0)
