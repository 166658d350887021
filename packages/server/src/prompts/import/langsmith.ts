import type { PromptContentInput } from '@signalbox/schema'
import { mustacheOfFstring } from '@signalbox/sdk/templates'

import { cannotImport, type Imported, imported, isRecord } from './imported.ts'

type Message = NonNullable<PromptContentInput['messages']>[number]
type Engine = 'fstring' | 'mustache' | 'jinja'
type Node = { kind: string; kwargs: Record<string, unknown> }
type Reading = { file: string; engine: Engine; lost: string[] }

const ROLES: Record<string, string> = {
  SystemMessagePromptTemplate: 'system',
  SystemMessage: 'system',
  HumanMessagePromptTemplate: 'user',
  HumanMessage: 'user',
  AIMessagePromptTemplate: 'assistant',
  AIMessage: 'assistant',
}
const FORMATS = new Map<string, Engine>([
  ['f-string', 'fstring'],
  ['mustache', 'mustache'],
  ['jinja2', 'jinja'],
])

export const isLangsmith = (value: unknown): boolean =>
  isRecord(value) && (value.lc === 1 || (isRecord(value.manifest) && value.manifest.lc === 1))

/**
 * A manifest of LangSmith, alone or in the answer to a pull. It is read as data, by the names of the few constructors below: nothing is
 * loaded, and whatever else it names is refused.
 */
export function importLangsmith(value: unknown, file: string, name: string): Imported[] {
  if (!isRecord(value)) throw cannotImport(file, 'it is no manifest.')
  const owner = typeof value.owner === 'string' && value.owner !== '-' ? `${value.owner}/` : ''
  const { content, lost } = readManifest(isRecord(value.manifest) ? value.manifest : value, file)
  return [imported(typeof value.repo === 'string' ? owner + value.repo : name, content, { lost })]
}

/** The content of a version that a manifest says, and what of it cannot be said. */
export function readManifest(manifest: unknown, file = 'the manifest'): { content: PromptContentInput; lost: string[] } {
  const formats = new Set(formatsIn(manifest))
  const engines = [...formats].map((format) => {
    const engine = FORMATS.get(format)
    if (!engine) throw cannotImport(file, `its template format ${JSON.stringify(format)} is not known here.`)
    return engine
  })
  if (engines.length > 1 && engines.includes('jinja')) throw cannotImport(file, 'it mixes jinja2 with another template format.')
  // One version has one engine: beside mustache, what is an f-string becomes mustache.
  const engine = engines.length > 1 ? 'mustache' : (engines[0] ?? 'mustache')
  const lost = engines.length > 1 ? ['f-strings beside mustache were written as mustache.'] : []
  const reading = { file, engine, lost }
  const { prompt, model } = promptOf(nodeOf(manifest, reading), reading)
  return { content: { ...prompt, engine, ...(model && { model }) }, lost }
}

/** The formats of all templates, wherever they are. What says none is an f-string, as there. */
function formatsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(formatsIn)
  if (!isRecord(value)) return []
  const { kwargs } = value
  const own = isRecord(kwargs) && 'template' in kwargs ? [String(kwargs.template_format ?? 'f-string')] : []
  return [...own, ...Object.values(value).flatMap(formatsIn)]
}

type Read = { prompt: PromptContentInput; model?: PromptContentInput['model'] }

function promptOf({ kind, kwargs }: Node, reading: Reading): Read {
  switch (kind) {
    case 'RunnableSequence': {
      const { prompt } = promptOf(nodeOf(kwargs.first, reading), reading)
      return { prompt, model: modelOf(kwargs.last, reading) }
    }
    case 'PromptTemplate':
      notePartials(kwargs, reading)
      return { prompt: { type: 'text', text: templateOf({ kind, kwargs }, reading) } }
    case 'StructuredPrompt':
    case 'ChatPromptTemplate':
      return { prompt: chatOf(kwargs, reading) }
    default:
      throw cannotImport(reading.file, `it holds a ${kind}, which is no prompt that is known here.`)
  }
}

function chatOf(kwargs: Record<string, unknown>, reading: Reading): PromptContentInput {
  notePartials(kwargs, reading)
  const messages = (Array.isArray(kwargs.messages) ? kwargs.messages : []).map((one) => messageOf(nodeOf(one, reading), reading))
  const schema = kwargs.schema_ ?? kwargs.schema
  return { type: 'chat', messages, ...(isRecord(schema) && { output: { schema: schema as Record<string, never> } }) }
}

function messageOf({ kind, kwargs }: Node, reading: Reading): Message {
  if (kind === 'MessagesPlaceholder' && typeof kwargs.variable_name === 'string')
    return { type: 'placeholder', name: kwargs.variable_name, ...(kwargs.optional === true && { optional: true }) }
  const saysRole = (kind === 'ChatMessagePromptTemplate' || kind === 'ChatMessage') && typeof kwargs.role === 'string'
  const role = saysRole ? String(kwargs.role) : ROLES[kind]
  if (role === undefined) throw cannotImport(reading.file, `it holds a ${kind}, which is no message that is known here.`)
  if (kind.endsWith('Message')) return { role, content: literal(kwargs.content, reading) }
  const { prompt } = kwargs
  if (!Array.isArray(prompt)) return { role, content: templateOf(nodeOf(prompt, reading), reading) }
  return { role, content: prompt.map((part) => partOf(nodeOf(part, reading), reading)) }
}

function partOf(node: Node, reading: Reading): { type: 'text'; text: string } | { type: 'image'; url: string } {
  if (node.kind !== 'ImagePromptTemplate') return { type: 'text', text: templateOf(node, reading) }
  const { template } = node.kwargs
  const url = isRecord(template) ? template.url : undefined
  if (typeof url !== 'string') throw cannotImport(reading.file, 'it holds a picture without a URL.')
  return { type: 'image', url: inEngine(url, node.kwargs, reading) }
}

function templateOf({ kind, kwargs }: Node, reading: Reading): string {
  if (kind !== 'PromptTemplate') throw cannotImport(reading.file, `it holds a ${kind} where a PromptTemplate is expected.`)
  if (typeof kwargs.template !== 'string') throw cannotImport(reading.file, 'it holds a template without text.')
  return inEngine(kwargs.template, kwargs, reading)
}

const inEngine = (template: string, kwargs: Record<string, unknown>, { engine }: Reading): string =>
  engine === 'mustache' && (kwargs.template_format ?? 'f-string') === 'f-string' ? mustacheOfFstring(template) : template

/** A message that is no template: its braces stay what they are. */
function literal(content: unknown, { engine, file, lost }: Reading): string {
  if (typeof content !== 'string') throw cannotImport(file, 'it holds a message whose content is no text.')
  if (engine === 'fstring') return content.replace(/[{}]/g, (brace) => brace + brace)
  if (engine === 'jinja') return /\{[{%#]/.test(content) ? `{% raw %}${content}{% endraw %}` : content
  if (content.includes('{{')) lost.push(`A fixed message has {{ in it, which is a variable here: ${JSON.stringify(content.slice(0, 60))}.`)
  return content
}

/** Values that were bound beforehand: they belong to the caller here. */
function notePartials({ partial_variables: partials }: Record<string, unknown>, { lost }: Reading): void {
  const names = isRecord(partials) ? Object.keys(partials) : []
  if (names.length > 0) lost.push(`partial_variables are not carried: give ${names.join(', ')} with each call.`)
}

/** The model behind a prompt, as far as it is data: its name and parameters. */
function modelOf(value: unknown, reading: Reading): PromptContentInput['model'] {
  const { kind, kwargs } = nodeOf(value, reading, true)
  if (kind === 'RunnableBinding') {
    const bound = modelOf(kwargs.bound, reading)
    const more = isRecord(kwargs.kwargs) ? Object.keys(kwargs.kwargs) : []
    if (more.length > 0) reading.lost.push(`${more.join(', ')} bound to the model ${more.length === 1 ? 'is' : 'are'} not carried.`)
    return bound
  }
  const route = [kwargs.model, kwargs.model_name, kwargs.modelName].find((name): name is string => typeof name === 'string')
  const parameters = Object.fromEntries(
    Object.entries(PARAMETERS).flatMap(([theirs, ours]) => (typeof kwargs[theirs] === 'number' ? [[ours, kwargs[theirs] as number]] : [])),
  )
  const known = new Set(['model', 'model_name', 'modelName', ...Object.keys(PARAMETERS)])
  const others = Object.keys(kwargs).filter((name) => !known.has(name) && kwargs[name] !== null)
  if (others.length > 0) reading.lost.push(`Settings of ${kind} are not carried: ${others.join(', ')}.`)
  return { ...(route !== undefined && { route }), ...(Object.keys(parameters).length > 0 && { parameters }) }
}
const PARAMETERS: Record<string, string> = {
  temperature: 'temperature',
  max_tokens: 'maxTokens',
  maxTokens: 'maxTokens',
  top_p: 'topP',
  topP: 'topP',
  seed: 'seed',
}

/** A constructor by the last part of its id. Where anything else stands, such as a secret, it is refused. */
function nodeOf(value: unknown, { file }: Reading, isModel = false): Node {
  if (!isRecord(value) || value.lc !== 1 || !Array.isArray(value.id)) throw cannotImport(file, 'it is no manifest of LangChain.')
  const kind = String(value.id.at(-1))
  const isKnown = value.type === 'constructor' && (isModel || /^(langchain|langchain_core|langsmith)$/.test(String(value.id[0])))
  if (!isKnown) throw cannotImport(file, `${value.id.join('.')} (${String(value.type)}) is not on the list of what is read.`)
  return { kind, kwargs: isRecord(value.kwargs) ? value.kwargs : {} }
}
