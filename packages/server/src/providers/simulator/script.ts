import { z } from 'zod'
import { Refusal } from './ask.ts'
import { objectIn } from './values.ts'

const milliseconds = z.number().nonnegative().max(3_600_000)
const count = z.int().nonnegative()

/** What the last user message of `script` and `faults` may hold. Unknown keys are refused. */
export const Script = z.strictObject({
  text: z.string().optional().meta({ description: 'What to answer. Absent: the text of tool results, or nothing.' }),
  reasoning: z.string().optional().meta({ description: 'What to think before it, where the dialect can say so. Counts as output.' }),
  signature: z.string().optional().meta({ description: "The vendor's proof of the reasoning, carried where the dialect has a place." }),
  tools: z
    .array(z.strictObject({ name: z.string().min(1), arguments: z.unknown().optional() }))
    .optional()
    .meta({ description: 'Tools to call, all in one answer. Once results of tools follow the script, the text is answered instead.' }),
  delayMs: milliseconds.optional().meta({ description: 'From the request to the headers of the answer.' }),
  firstTokenMs: milliseconds.optional().meta({ description: 'From the request to the first content.' }),
  chunkMs: milliseconds.optional().meta({ description: 'From one chunk to the next. A whole answer takes as long as its stream would.' }),
  usage: z
    .looseObject({ input: count.optional(), output: count.optional(), cached: count.optional(), reasoning: count.optional() })
    .nullable()
    .optional()
    .meta({
      description:
        "Reported and counted instead of the own count: these names (`cached` is part of `input`, `reasoning` of `output`), or fields of the dialect's own usage. null: none is reported.",
    }),
  seed: z.int().optional().meta({ description: 'Absent: one word per chunk. Else 1 to 3, the same ones for the same seed.' }),
})
export type Script = z.infer<typeof Script>

const FAULTS = ['refuse', 'hang', 'cut', 'garbage', 'wrong-type', 'slow'] as const
const status = z.union([
  z.int().min(400).max(599),
  z
    .string()
    .regex(/^[45]\d\d$/)
    .transform(Number),
])

/** `faults` says beside it what goes wrong: one of FAULTS or an HTTP status, and where in the stream. */
export const FaultScript = Script.extend({
  fault: z.union([z.enum(FAULTS), status], { error: `must be ${FAULTS.join(', ')} or a status from 400 to 599` }).optional(),
  at: count.optional().meta({ description: 'How many chunks of a stream arrive before it strikes.' }),
  retryAfter: z.number().nonnegative().optional().meta({ description: 'Seconds, sent as Retry-After with a status.' }),
  times: count.optional().meta({ description: 'It strikes so many calls of this very script, and no more.' }),
  per: z
    .record(z.string(), z.looseObject({}))
    .optional()
    .meta({ description: 'What is different by the name behind the @ of the model: `faults@b` is `faults` with what stands under `b`.' }),
})
export type FaultScript = z.infer<typeof FaultScript>

const SCHEMAS = { script: Script, faults: FaultScript }
export const MODELS = ['echo', 'script', 'faults'] as const
export type Mode = (typeof MODELS)[number]

/** `simulator/echo`, `echo` and `echo@any-name` are the same model. */
export function modeOf(model: string): Mode {
  const name = model.replace(/^simulator\//, '').replace(/@[\w-]+$/, '')
  const mode = MODELS.find((known) => known === name)
  if (!mode) {
    throw new Refusal(404, `The model \`${model}\` does not exist. The simulator has ${MODELS.join(', ')}.`, {
      code: 'model_not_found',
      param: 'model',
    })
  }
  return mode
}

/** The script in the last user message, as it is meant for this model; `echo` has none. */
export function readScript(model: string, text: string): FaultScript {
  const mode = modeOf(model)
  if (mode === 'echo') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal(400, `The model ${mode} reads JSON in the last user message, for example {"text":"hello"}.`, { param: 'messages' })
  }
  const parsed = SCHEMAS[mode].safeParse(mode === 'faults' ? forName(model, value) : value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const what = [issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')
  throw new Refusal(400, `The script in the last user message is wrong: ${what}.`, { param: 'messages' })
}

function forName(model: string, value: unknown): unknown {
  const name = /@([\w-]+)$/.exec(model)?.[1]
  const { per } = objectIn(value)
  return name === undefined ? value : { ...objectIn(value), ...objectIn(objectIn(per)[name]) }
}
