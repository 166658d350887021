import type { PickedExample, PromptContent, PromptExamples, PromptMessage, PromptVariant } from '@signalbox/schema'
import { Budget, LIMITS } from './budget.ts'
import { chooseExamples } from './choose-examples.ts'
import { compileTemplate } from './engines.ts'
import { withDefaults } from './input-schema.ts'
import type { RenderOptions, Template } from './template.ts'
import { TemplateError } from './template-error.ts'
import { MISSING, memberOf } from './values.ts'

type Variables = Readonly<Record<string, unknown>>
export type RenderedMessage = Omit<Exclude<PromptMessage, { type: 'placeholder' }>, 'type'>
/** A prompt with its variables in their places. */
export type Rendered = { text: string; messages?: undefined } | { text?: undefined; messages: RenderedMessage[] }
/** For whom a prompt is rendered: the kind of a provider, and what it calls the model. */
export type RenderTarget = { provider?: string | undefined; model?: string | undefined }
export type RenderContentOptions = RenderOptions & {
  target?: RenderTarget
  /** What is asked, where that is not part of the prompt: by it examples are found that resemble it. */
  question?: string | undefined
}

/**
 * A version as it is sent: the variant of the target, its texts rendered, the caller's messages where placeholders stand, and examples in
 * front of the last user message. Its engine has to be loaded, and its fragments filled in. Throws `TemplateError`.
 */
export function renderContent(content: PromptContent, given: Variables, settings: RenderContentOptions = {}): Rendered {
  const { text, messages } = variantFor(content, settings.target) ?? content
  // One budget for all of its texts together.
  const options = { ...settings, budget: settings.budget ?? new Budget({ ...LIMITS, ...settings.limits }, settings.now) }
  const variables = withDefaults(content.input?.schema, given, options.strict === true)
  const compiled = compiledOf(content)
  const fill = (template: string) => compiled(template).render(variables, options)
  if (content.type === 'text') return { text: fill(text ?? '') }
  const rendered: RenderedMessage[] = []
  for (const message of messages ?? []) {
    if (message.type === 'placeholder') rendered.push(...messagesOf(message, variables, options))
    else rendered.push(filled(message, fill))
  }
  if (content.examples) {
    const last = rendered.findLastIndex(({ role }) => role === 'user')
    const asked = settings.question ?? questionIn(rendered[last], variables)
    const pairs = examplesOf(content.examples, { fill, asked }).flatMap(({ input, output }) => [
      { role: 'user', content: input },
      { role: 'assistant', content: output },
    ])
    rendered.splice(last === -1 ? rendered.length : last, 0, ...pairs)
  }
  return { messages: rendered }
}

/** By content, which never changes: looking a long text up among all others takes longer than rendering it. */
const kept = new WeakMap<PromptContent, Map<string, Template>>()

function compiledOf(content: PromptContent): (text: string) => Template {
  const known = kept.get(content) ?? new Map<string, Template>()
  kept.set(content, known)
  return (text) => {
    const template = known.get(text) ?? compileTemplate(content.engine, text)
    known.set(text, template)
    return template
  }
}

/** The variant for a target: one that names its model before one for its provider, and the first of several. */
export function variantFor({ variants }: Pick<PromptContent, 'variants'>, target: RenderTarget = {}): PromptVariant | undefined {
  const fitting = (variants ?? []).filter(
    ({ provider, model }) =>
      (provider !== undefined || model !== undefined) &&
      (provider === undefined || provider === target.provider) &&
      (model === undefined || isModel(model, target.model)),
  )
  return fitting.find(({ model }) => model !== undefined) ?? fitting[0]
}

const isModel = (pattern: string, model: string | undefined): boolean =>
  model !== undefined && (pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern)

type Said = Exclude<PromptMessage, { type: 'placeholder' }>

function filled({ type: _, ...message }: Said, fill: (template: string) => string): RenderedMessage {
  const { content, toolCalls } = message
  return {
    ...message,
    content:
      typeof content === 'string'
        ? fill(content)
        : content.map((part) => {
            if (part.type === 'text') return { ...part, text: fill(part.text) }
            // A picture that was put into the prompt itself is no template, and far longer than one may be.
            return part.url.startsWith('data:') ? part : { ...part, url: fill(part.url) }
          }),
    ...(toolCalls && { toolCalls: toolCalls.map((call) => ({ ...call, arguments: fill(call.arguments) })) }),
  }
}

function messagesOf(
  { name, optional }: Extract<PromptMessage, { type: 'placeholder' }>,
  variables: Variables,
  { strict = false }: RenderContentOptions,
): RenderedMessage[] {
  const given = memberOf(variables, name)
  if (given === MISSING || given === null) {
    if (strict && !optional) throw new TemplateError('missing', `The messages "${name}" are missing.`, { variable: name })
    return []
  }
  if (!Array.isArray(given)) throw new TemplateError('type', `"${name}" must be a list of messages.`, { variable: name })
  return given.map((message, index) => {
    if (typeof memberOf(message, 'role') !== 'string')
      throw new TemplateError('type', `Entry ${index} of "${name}" is no message: it has no role.`, { variable: name })
    return message as RenderedMessage
  })
}

/** What stands in the prompt is a template, and what a dataset gives is a text as it is. */
function examplesOf(
  examples: PromptExamples,
  { fill, asked }: { fill: (template: string) => string; asked: string },
): readonly PickedExample[] {
  if (Array.isArray(examples)) return examples.map(({ input, output }) => ({ input: fill(input), output: fill(output) }))
  if (examples.picked) return chooseExamples(examples, examples.picked, asked)
  throw new TemplateError('type', `The examples come from the dataset "${examples.dataset}", and there is no such dataset.`)
}

/** What the last message of the user says; where the prompt has none, what its variables say. */
function questionIn(message: RenderedMessage | undefined, variables: Variables): string {
  if (!message)
    return Object.values(variables)
      .filter((value) => typeof value === 'string')
      .join('\n')
  const { content } = message
  return typeof content === 'string' ? content : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}
