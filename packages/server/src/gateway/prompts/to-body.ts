import { AppError, type PromptContent } from '@signalbox/schema'
import type { RenderedMessage } from '@signalbox/sdk/templates'
import { codecs } from '../dialects.ts'
import type { Call } from '../wire/language.ts'
import { samplingOf } from './parameters.ts'
import { isNeutral, isSystem, systemOf, turnOf } from './to-turns.ts'

/** The dialects in which a prompt can be asked for. */
export type PromptDialect = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'cohere'

type Fields = Record<string, unknown>
/** A prompt in the words of a dialect. `list`: its messages; `system`: what the dialect keeps apart from them. */
export type PromptBody = { fields: Fields; list: unknown[]; system: unknown[] }

/** Where a dialect keeps messages, and what it keeps apart from them. */
export const PLACES: Record<PromptDialect, { list: string; system?: string }> = {
  'openai-chat': { list: 'messages' },
  'openai-responses': { list: 'input', system: 'instructions' },
  anthropic: { list: 'messages', system: 'system' },
  gemini: { list: 'contents', system: 'systemInstruction' },
  cohere: { list: 'messages' },
}

type Rendered = {
  dialect: PromptDialect
  model: string
  messages: readonly RenderedMessage[]
  parameters: Fields
  content: Pick<PromptContent, 'tools' | 'toolChoice' | 'output'>
}

/** A rendered prompt as its dialect writes it, by the codecs that translate calls. */
export function promptBody({ dialect, model, messages, parameters, content }: Rendered): PromptBody {
  const { list, system } = PLACES[dialect]
  const encode = (call: Partial<Call>): Fields =>
    codecs[dialect].encodeCall({ ...EMPTY, dialect, model, ...call }, { model, streamUsage: false }).body
  const { [list]: _, [system ?? '']: __, model: ___, ...fields } = encode({ ...samplingOf(parameters), ...shapeOf(content) })
  const body: PromptBody = { fields, list: [], system: [] }
  for (const run of runsOf(messages)) {
    if (!Array.isArray(run)) {
      if (dialect === 'gemini' && !('parts' in run))
        throw new AppError('invalid-request', 'A message of a placeholder has neither a text as its `content` nor `parts`.', {
          hint: 'Give messages as prompts have them, or as this dialect writes its own.',
        })
      body.list.push(run)
      continue
    }
    const written = encode({
      system: run.filter(isSystem).flatMap(systemOf),
      turns: run.filter((message) => !isSystem(message)).map(turnOf),
    })
    if (Array.isArray(written[list])) body.list.push(...written[list])
    if (system && written[system] !== undefined) body.system.push(written[system])
  }
  return body
}

const EMPTY: Omit<Call, 'dialect' | 'model'> = { stream: false, system: [], turns: [], tools: [], serverTools: [], extras: {} }

/** Messages that can be written together, in their order: a system message begins a new run, and a client's own message is one by itself. */
function runsOf(messages: readonly RenderedMessage[]): (RenderedMessage[] | object)[] {
  const runs: (RenderedMessage[] | object)[] = []
  let run: RenderedMessage[] | undefined
  for (const message of messages) {
    if (!isNeutral(message)) {
      runs.push(message)
      run = undefined
      continue
    }
    if (!run || (isSystem(message) && run.some((one) => !isSystem(one)))) {
      run = []
      runs.push(run)
    }
    run.push(message)
  }
  return runs
}

const CHOICES: ReadonlySet<string> = new Set(['auto', 'none', 'required'])

function shapeOf({ tools, toolChoice, output }: Rendered['content']): Partial<Call> {
  return {
    ...(tools && {
      tools: tools.map(({ name, description, parameters }) => ({
        name,
        ...(description !== undefined && { description }),
        ...(parameters && { parameters }),
      })),
    }),
    ...(toolChoice !== undefined && {
      toolChoice: CHOICES.has(toolChoice) ? { type: toolChoice as 'auto' } : { type: 'tool', name: toolChoice },
    }),
    ...(output && { format: { type: 'json-schema', name: output.name ?? 'answer', schema: output.schema, strict: output.strict } }),
  }
}
