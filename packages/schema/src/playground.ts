import { z } from 'zod'
import { PromptContent, PromptName, PromptVersionNumber } from './prompt.ts'

/** Next to each other on a screen, and still to be read. */
export const MOST_COLUMNS = 6

/** One way to ask: what is said, to which model, with which parameters and tools. */
export const PlaygroundColumn = z.strictObject({
  prompt: z.strictObject({ name: PromptName, version: PromptVersionNumber }).optional().meta({
    description: 'The version that the content comes from. Runs are linked to it as long as nothing of it is changed.',
  }),
  content: PromptContent,
  mocks: z
    .record(z.string().max(200), z.string().max(100_000))
    .default({})
    .meta({ description: 'By tool: what a call of it is answered with. The page asks for those that are not here.' }),
})
export type PlaygroundColumn = z.output<typeof PlaygroundColumn>

/** Everything that a playground asks, without what came of it: that is in the traces. */
export const PlaygroundState = z.strictObject({
  columns: z
    .array(PlaygroundColumn)
    .min(1, { error: 'at least one column' })
    .max(MOST_COLUMNS, { error: `at most ${MOST_COLUMNS} columns` }),
  variables: z.record(z.string().max(200), z.string().max(200_000)).default({}).meta({
    description: 'As they are typed. What is a list or an object in JSON is given to the template as such.',
  }),
})
export type PlaygroundState = z.output<typeof PlaygroundState>
