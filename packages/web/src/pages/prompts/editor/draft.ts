import { PromptContent, type PromptContentInput, type PromptEngine, type PromptMessage, type PromptType } from '@signalbox/schema'
import { type Problems, problemsOf } from '../../../ui/save-form.tsx'

export type DraftMessage = { key: number; message: PromptMessage }
/** What a version or a variant of it says: text or messages, by the type of the prompt. The other one waits. */
export type Body = { text: string; messages: DraftMessage[] }
export type DraftVariant = Body & { key: number; name: string; provider: string; model: string; parameters: string }
export type ExampleRow = { key: number; input: string; output: string }
export type DatasetExamples = Extract<NonNullable<PromptContent['examples']>, { dataset: string }>

/** A version while it is written: JSON is text until it is saved, so that what is half written is never lost. */
export type Draft = Body & {
  type: PromptType
  engine: PromptEngine
  variants: DraftVariant[]
  schema: string
  examples: ExampleRow[]
  dataset: DatasetExamples | null
  route: string
  parameters: string
  tools: string
  toolChoice: string
  output: { name: string; schema: string; strict: boolean }
  /** What is not written here and stays as it is. */
  kept: Pick<PromptContent, 'tests' | 'config' | 'manifest'>
}

let last = 0
/** Rows that come and go need a name of their own. */
export const nextKey = (): number => ++last
export const keyed = (message: PromptMessage): DraftMessage => ({ key: nextKey(), message })

/** For a prompt that is not there yet. */
export const EMPTY: PromptContent = {
  type: 'chat',
  engine: 'mustache',
  messages: [
    { role: 'system', content: '' },
    { role: 'user', content: '{{question}}' },
  ],
}

export function toDraft(content: PromptContent): Draft {
  const { type, engine, input, examples, variants = [], model, tools, toolChoice = '', output, tests, config, manifest } = content
  return {
    type,
    engine,
    ...toBody(content),
    variants: variants.map(({ name, provider = '', model: of = '', parameters, ...texts }) => ({
      key: nextKey(),
      name,
      provider,
      model: of,
      parameters: written(parameters),
      ...toBody(texts),
    })),
    schema: written(input?.schema),
    examples: Array.isArray(examples) ? examples.map((row) => ({ key: nextKey(), ...row })) : [],
    dataset: examples === undefined || Array.isArray(examples) ? null : examples,
    route: model?.route ?? '',
    parameters: written(model?.parameters),
    tools: written(tools),
    toolChoice,
    output: { name: output?.name ?? '', schema: written(output?.schema), strict: output?.strict ?? true },
    kept: { ...(tests && { tests }), ...(config !== undefined && { config }), ...(manifest && { manifest }) },
  }
}

const toBody = ({ text = '', messages = [] }: Pick<PromptContent, 'text' | 'messages'>): Body => ({ text, messages: messages.map(keyed) })
const written = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2))

/** A draft as it would be saved, or what is wrong with it, by field. */
export function readDraft(draft: Draft): { content: PromptContent; problems?: never } | { problems: Problems; content?: never } {
  const problems: Record<string, string> = {}
  const json = (field: string, text: string): never | undefined => {
    if (text.trim() === '') return undefined
    try {
      return JSON.parse(text) as never
    } catch (error) {
      problems[field] = `This is no JSON: ${(error as Error).message}`
      return undefined
    }
  }
  const { type, engine, route, dataset, examples, output, kept } = draft
  const schema = json('schema', draft.schema)
  const parameters = json('parameters', draft.parameters)
  const tools = json('tools', draft.tools)
  const outputSchema = json('output', output.schema)
  const content: PromptContentInput = {
    type,
    engine,
    ...fromBody(draft, type),
    ...(schema !== undefined && { input: { schema } }),
    ...(dataset ? { examples: dataset } : examples.length > 0 && { examples: examples.map(({ input, output }) => ({ input, output })) }),
    ...(draft.variants.length > 0 && {
      variants: draft.variants.map((variant, at) => {
        const own = json(`variants.${at}.parameters`, variant.parameters)
        return {
          name: variant.name.trim(),
          ...(variant.provider.trim() && { provider: variant.provider.trim() }),
          ...(variant.model.trim() && { model: variant.model.trim() }),
          ...fromBody(variant, type),
          ...(own !== undefined && { parameters: own }),
        }
      }),
    }),
    ...((route.trim() || parameters !== undefined) && {
      model: { ...(route.trim() && { route: route.trim() }), ...(parameters !== undefined && { parameters }) },
    }),
    ...(tools !== undefined && { tools }),
    ...(draft.toolChoice.trim() && { toolChoice: draft.toolChoice.trim() }),
    ...(outputSchema !== undefined && {
      output: { ...(output.name.trim() && { name: output.name.trim() }), schema: outputSchema, strict: output.strict },
    }),
    ...kept,
  }
  const read = PromptContent.safeParse(content)
  if (!read.success) return { problems: { ...inFields(problemsOf(read.error)), ...problems } }
  return Object.keys(problems).length > 0 ? { problems } : { content: read.data }
}

const fromBody = ({ text, messages }: Body, type: PromptType) =>
  type === 'text' ? { text } : { messages: messages.map(({ message }) => message) }

/** What is wrong inside a box of JSON is said at the box, with its place. */
const inFields = (problems: Problems): Record<string, string> =>
  Object.fromEntries(
    Object.entries(problems).map(([path, text]) => {
      for (const [start, field] of BOXES)
        if (path.startsWith(start)) return [field, path === start ? text : `${path.slice(start.length + 1)}: ${text}`]
      return [path, text]
    }),
  )
const BOXES = [
  ['input.schema', 'schema'],
  ['model.parameters', 'parameters'],
  ['tools', 'tools'],
  ['output.schema', 'output'],
] as const

/** Whether something was changed, by what would be saved; what cannot be read is a change, too. */
export function isChanged(draft: Draft, from: PromptContent): boolean {
  const before = readDraft(toDraft(from)).content
  const now = readDraft(draft).content
  return now === undefined || JSON.stringify(sorted(now)) !== JSON.stringify(sorted(before))
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, one]) => one !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, one]) => [name, sorted(one)]),
        )
      : value
