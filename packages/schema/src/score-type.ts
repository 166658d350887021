import { z } from 'zod'

export const ScoreType = z.enum(['numeric', 'categorical', 'boolean', 'text'])
export type ScoreType = z.infer<typeof ScoreType>

/** The scores of one name that a trace and its spans have, summed up for a row of a list. */
export const TraceScore = z.object({
  name: z.string(),
  type: ScoreType.meta({ description: 'Of the one that was said last.' }),
  count: z.int(),
  mean: z.number().nullable().meta({ description: 'Of numbers; of true and false the share of true. null where all are texts.' }),
  text: z.string().nullable().meta({ description: 'The category or text that was said last, its first 200 characters.' }),
})
export type TraceScore = z.infer<typeof TraceScore>
