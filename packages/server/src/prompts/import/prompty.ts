import type { PromptContentInput } from '@signalbox/schema'
import { frontMatter } from './front-matter.ts'
import { cannotImport, type Imported, imported, isRecord, plainJson, texts } from './imported.ts'

type Message = NonNullable<PromptContentInput['messages']>[number]
const PARAMETERS: Record<string, string> = {
  temperature: 'temperature',
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxTokens',
  maxOutputTokens: 'maxTokens',
  top_p: 'topP',
  topP: 'topP',
  stop: 'stop',
  seed: 'seed',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
}
const KNOWN = new Set([
  'name',
  'description',
  'authors',
  'tags',
  'version',
  'model',
  'sample',
  'inputs',
  'outputs',
  'template',
  '$schema',
  'metadata',
])

/** A `.prompty` file: YAML in front, messages that begin with a line `system:` behind. Connections and their keys are not carried. */
export function importPrompty(text: string, file: string, fileName: string): Imported[] {
  const { head, body } = frontMatter(text, file)
  const lost: string[] = []
  const engine = engineOf(head.template, file)
  const model = modelOf(head.model, lost)
  const schema = inputSchema(head.inputs, head.sample)
  const output = outputSchema(head.outputs)
  const tools = toolsOf(head.model, lost)
  for (const key of Object.keys(head)) if (!KNOWN.has(key)) lost.push(`${key} is not carried.`)
  if (/!\[[^\]]*\]\([^)]*\)/.test(body)) lost.push('Pictures in the text stay text: make them parts of a message.')
  const content: PromptContentInput = {
    type: 'chat',
    engine,
    messages: messagesOf(body, file),
    ...(schema && { input: { schema } }),
    ...(model && { model }),
    ...(tools.length > 0 && { tools }),
    ...(output && { output: { schema: output } }),
  }
  const name = typeof head.name === 'string' && /^[\w./-]+$/.test(head.name) ? head.name : fileName
  const description = typeof head.description === 'string' ? head.description : ''
  return [imported(name, content, { description, tags: texts(head.tags), lost })]
}

function engineOf(template: unknown, file: string): 'jinja' | 'mustache' {
  const format = isRecord(template) ? (isRecord(template.format) ? template.format.kind : (template.format ?? template.type)) : template
  if (format === undefined || format === 'jinja2' || format === 'jinja' || format === 'nunjucks') return 'jinja'
  if (format === 'mustache') return 'mustache'
  throw cannotImport(file, `its template format ${JSON.stringify(format)} is not known here.`)
}

function modelOf(model: unknown, lost: string[]): PromptContentInput['model'] {
  if (typeof model === 'string') return { route: model }
  if (!isRecord(model)) return undefined
  const configuration = isRecord(model.configuration) ? model.configuration : {}
  const named = [model.id, configuration.name, configuration.azure_deployment, configuration.model].find(
    (one) => typeof one === 'string',
  ) as string | undefined
  // A deployment that the environment names is not known here.
  const route = named && !named.includes('${') ? named : undefined
  if (named && !route) lost.push(`The model is ${named}, which only its environment knows: set model.route.`)
  const given = { ...(isRecord(model.parameters) && model.parameters), ...(isRecord(model.options) && model.options) }
  const parameters: Record<string, ReturnType<typeof plainJson>> = {}
  for (const [theirs, value] of Object.entries(given)) {
    const ours = PARAMETERS[theirs]
    if (ours) parameters[ours] = plainJson(value)
    else if (theirs !== 'tools') lost.push(`model.parameters.${theirs} is not carried.`)
  }
  const rest = Object.keys(configuration).filter((key) => !['name', 'azure_deployment', 'model'].includes(key))
  if (rest.length > 0 || model.connection !== undefined)
    lost.push('How the model is reached (configuration, connection) is not carried: the gateway knows that.')
  if (model.api !== undefined && model.api !== 'chat') lost.push(`model.api (${String(model.api)}) is not carried: this is a chat prompt.`)
  if (!route && Object.keys(parameters).length === 0) return undefined
  return { ...(route && { route }), ...(Object.keys(parameters).length > 0 && { parameters: parameters as Record<string, never> }) }
}

function toolsOf(model: unknown, lost: string[]): NonNullable<PromptContentInput['tools']> {
  const parameters = isRecord(model) && isRecord(model.parameters) ? model.parameters : {}
  if (typeof parameters.tools === 'string') lost.push(`The tools stand in ${parameters.tools}: add them.`)
  if (!Array.isArray(parameters.tools)) return []
  return parameters.tools.flatMap((tool: unknown) => {
    const { name, description, parameters: schema } = isRecord(tool) && isRecord(tool.function) ? tool.function : {}
    if (typeof name !== 'string') return []
    return [
      {
        name,
        ...(typeof description === 'string' && { description }),
        ...(isRecord(schema) && { parameters: plainJson(schema) as Record<string, never> }),
      },
    ]
  })
}

/** `inputs` says types; `sample` (and a `sample` or `default` of an input) says examples of values. */
function inputSchema(inputs: unknown, sample: unknown): Record<string, never> | undefined {
  const properties: Record<string, Record<string, unknown>> = {}
  const listed = Array.isArray(inputs)
    ? inputs.filter(isRecord).map((one) => [String(one.name), one] as const)
    : Object.entries(isRecord(inputs) ? inputs : {})
  for (const [name, one] of listed) {
    if (!isRecord(one)) {
      properties[name] = { examples: [plainJson(one)] }
      continue
    }
    const { type, kind, description, default: preset, sample: example } = one
    const typed = type ?? kind
    properties[name] = {
      ...(typeof typed === 'string' && { type: typed }),
      ...(typeof description === 'string' && { description }),
      ...(preset !== undefined && { default: plainJson(preset) }),
      ...(example !== undefined && { examples: [plainJson(example)] }),
    }
  }
  for (const [name, value] of Object.entries(isRecord(sample) ? sample : {}))
    properties[name] = { ...properties[name], examples: [plainJson(value)] }
  return Object.keys(properties).length > 0 ? ({ type: 'object', properties } as unknown as Record<string, never>) : undefined
}

const outputSchema = (outputs: unknown): Record<string, never> | undefined =>
  isRecord(outputs) && Object.keys(outputs).length > 0
    ? ({ type: 'object', properties: plainJson(outputs), required: Object.keys(outputs) } as unknown as Record<string, never>)
    : undefined

const ROLE = /^[ \t]*#?[ \t]*(system|user|assistant|developer|tool|function)[ \t]*(?:\[[^\]]*\])?:[ \t]*$/im

function messagesOf(body: string, file: string): Message[] {
  const pieces = body.split(new RegExp(ROLE, 'gim'))
  const messages: Message[] = []
  const before = pieces[0]?.trim()
  if (before) messages.push({ role: 'system', content: before })
  for (let at = 1; at < pieces.length; at += 2) {
    const content = pieces[at + 1]?.trim() ?? ''
    if (content) messages.push({ role: (pieces[at] ?? 'user').toLowerCase(), content })
  }
  if (messages.length === 0) throw cannotImport(file, 'it holds no text.')
  return messages
}
