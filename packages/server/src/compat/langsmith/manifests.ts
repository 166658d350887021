import { AppError, type PromptContent, type PromptEngine, type PromptMessage } from '@signalbox/schema'
import { compileTemplate, isLoaded } from '@signalbox/sdk/templates'
import { parseContent } from '../../prompts/content.ts'
import { readManifest } from '../../prompts/import/langsmith.ts'

type Json = NonNullable<PromptContent['manifest']>

/** Packages whose constructors a manifest may name. It is data here, but whoever pulls it builds what it says. */
const PACKAGES =
  /^(langchain|langchain_core|langsmith|langchain_(openai|anthropic|google_genai|google_vertexai|aws|mistralai|groq|ollama|cohere|fireworks|together|deepseek|xai))$/
const PROMPTS =
  /^((Chat|Structured)?Prompt(Template)?|MessagesPlaceholder|ImagePromptTemplate|\w+MessagePromptTemplate|(System|Human|AI|Chat)Message|RunnableSequence|RunnableBinding)$/
const MODELS = /^(Azure)?Chat[A-Z]\w*$/

/** What was pushed, as a version. It is kept as it came, and refused where it names anything else than prompts and models. */
export function contentOf(manifest: unknown): PromptContent {
  assertKnown(manifest, 0)
  const { content } = readManifest(manifest)
  return parseContent({ ...content, manifest })
}

function assertKnown(value: unknown, depth: number): void {
  if (depth > 40) throw new AppError('invalid-request', 'The manifest is more than 40 levels deep.')
  if (Array.isArray(value)) for (const one of value) assertKnown(one, depth + 1)
  else if (typeof value === 'object' && value !== null) {
    if ('lc' in value) assertNode(value)
    for (const one of Object.values(value)) assertKnown(one, depth + 1)
  }
}

function assertNode(node: object): void {
  const { type, id } = node as { type?: unknown; id?: unknown }
  const names = Array.isArray(id) ? id.map(String) : []
  // The name of an environment variable of whoever pulls it, never its value.
  if (type === 'secret' && names.length === 1) return
  const kind = names.at(-1) ?? ''
  if (type === 'constructor' && PACKAGES.test(names[0] ?? '') && (PROMPTS.test(kind) || MODELS.test(kind))) return
  throw new AppError(
    'invalid-request',
    `${names.join('.') || 'Something in the manifest'} (${String(type)}) is not on the list of what a manifest may name.`,
  )
}

/** What LangChain reads: what was pushed, or the same prompt in its words. The model behind it only where it was asked for. */
export function manifestOf(content: PromptContent, resolved: PromptContent | null, withModel: boolean): Json {
  if (content.manifest) return withModel ? content.manifest : withoutModel(content.manifest)
  if (!resolved) throw new AppError('conflict', 'The fragments of this version cannot be filled in.')
  return written(resolved)
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
function withoutModel(manifest: Json): Json {
  const isSequence = Array.isArray(manifest.id) && manifest.id.at(-1) === 'RunnableSequence'
  return isSequence && isObject(manifest.kwargs) && isObject(manifest.kwargs.first) ? manifest.kwargs.first : manifest
}

const FORMATS: Record<PromptEngine, string | undefined> = { mustache: 'mustache', fstring: 'f-string', jinja: 'jinja2', liquid: undefined }
const MESSAGES: Record<string, string> = {
  system: 'SystemMessagePromptTemplate',
  developer: 'SystemMessagePromptTemplate',
  user: 'HumanMessagePromptTemplate',
  human: 'HumanMessagePromptTemplate',
  assistant: 'AIMessagePromptTemplate',
  ai: 'AIMessagePromptTemplate',
}
const node = (module: string, kind: string, kwargs: Json): Json => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'prompts', module, kind],
  kwargs,
})

function written({ engine, text, messages = [], output }: PromptContent): Json {
  const format = FORMATS[engine]
  if (!format)
    throw new AppError('conflict', `This version is written for ${engine}, which LangChain does not know.`, {
      hint: 'Write it in mustache, or fetch it with GET /api/v1/prompts/{name}.',
    })
  const template = (of: string): Json =>
    node('prompt', 'PromptTemplate', { input_variables: variablesOf(engine, of), template_format: format, template: of })
  if (text !== undefined) return template(text)
  const all = messages.flatMap((message) =>
    message.type === 'placeholder' ? [message.name] : textsIn(message).flatMap((of) => variablesOf(engine, of)),
  )
  const kwargs = { input_variables: [...new Set(all)], messages: messages.map((message) => messageNode(message, template)) }
  if (!output) return node('chat', 'ChatPromptTemplate', kwargs)
  return node('structured', 'StructuredPrompt', { ...kwargs, schema_: output.schema })
}

function messageNode(message: PromptMessage, template: (of: string) => Json): Json {
  if (message.type === 'placeholder')
    return node('chat', 'MessagesPlaceholder', { variable_name: message.name, ...(message.optional && { optional: true }) })
  const { content, role } = message
  const prompt =
    typeof content === 'string'
      ? template(content)
      : content.map((part) =>
          part.type === 'text'
            ? template(part.text)
            : node('image', 'ImagePromptTemplate', { ...(template(part.url).kwargs as Json), template: { url: part.url } }),
        )
  const kind = MESSAGES[role]
  return kind ? node('chat', kind, { prompt }) : node('chat', 'ChatMessagePromptTemplate', { role, prompt })
}

const textsIn = ({ content }: Exclude<PromptMessage, { type: 'placeholder' }>): string[] =>
  typeof content === 'string' ? [content] : content.map((part) => (part.type === 'text' ? part.text : part.url))

function variablesOf(engine: PromptEngine, text: string): string[] {
  if (!isLoaded(engine)) return []
  try {
    return compileTemplate(engine, text).variables.map(({ name }) => name)
  } catch {
    return []
  }
}
