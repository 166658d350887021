import { z } from 'zod'

/** Next to each other on a screen, and still to be read. */
export const MOST_COLUMNS = 6
/** An image as it is pasted or attached: held in the message itself, so that nothing is loaded from anywhere. */
const Picture = z
  .string()
  .max(8_000_000)
  .regex(/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$/, { error: 'must be an image as a data URL: png, jpeg, gif or webp' })

const ToolCall = z.strictObject({
  id: z.string().min(1).max(200),
  name: z.string().max(200),
  arguments: z.string().max(100_000).meta({ description: 'JSON, as the model wrote it.' }),
})
/** One message as it is typed: with placeholders, where it is a template. */
export const PlaygroundMessage = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  text: z.string().max(500_000),
  images: z.array(Picture).max(20).optional(),
  toolCalls: z.array(ToolCall).max(50).optional().meta({ description: 'Of an answer: which tools it called.' }),
  toolCallId: z.string().max(200).optional().meta({ description: 'Of a result: whose.' }),
})
export type PlaygroundMessage = z.output<typeof PlaygroundMessage>

export const PlaygroundTool = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, { error: 'letters, digits, _ . and -, at most 64' }),
  description: z.string().max(10_000).default(''),
  parameters: z.record(z.string(), z.unknown()).default({}).meta({ description: 'JSON Schema of its arguments.' }),
  mock: z.string().max(100_000).optional().meta({ description: 'What a call of it is answered with. Without it the page asks each time.' }),
})
export type PlaygroundTool = z.output<typeof PlaygroundTool>

/** How the model is asked, by the names of the API that most speak. */
export const PlaygroundParameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  seed: z.int().optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  stop: z.array(z.string().min(1).max(200)).max(4).optional(),
  reasoning_effort: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
})
export type PlaygroundParameters = z.output<typeof PlaygroundParameters>

/** One way to ask: what is said, to which model, with which parameters. */
export const PlaygroundColumn = z.strictObject({
  prompt: z
    .strictObject({ name: z.string().min(1).max(255), version: z.int().min(1) })
    .optional()
    .meta({ description: 'The version that the messages come from. Runs of it are linked to it while nothing is changed.' }),
  engine: z.enum(['mustache', 'liquid', 'jinja', 'fstring', 'none']).default('mustache'),
  messages: z.array(PlaygroundMessage).max(500),
  model: z.string().max(300).default(''),
  parameters: PlaygroundParameters.default({}),
  tools: z.array(PlaygroundTool).max(64).default([]),
  output: z.record(z.string(), z.unknown()).optional().meta({ description: 'JSON Schema that the answer must keep to.' }),
})
export type PlaygroundColumn = z.output<typeof PlaygroundColumn>

/** Everything that a playground was asked, without what came of it: that is in the traces. */
export const PlaygroundState = z.strictObject({
  columns: z
    .array(PlaygroundColumn)
    .min(1)
    .max(MOST_COLUMNS, { error: `at most ${MOST_COLUMNS} columns` }),
  variables: z.record(z.string().max(200), z.string().max(200_000)).default({}),
})
export type PlaygroundState = z.output<typeof PlaygroundState>
