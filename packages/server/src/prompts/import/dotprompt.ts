import type { PromptContentInput } from '@signalbox/schema'
import { frontMatter } from './front-matter.ts'
import { handlebarsToMustache } from './handlebars.ts'
import { cannotImport, type Imported, imported, isRecord, plainJson, texts } from './imported.ts'
import { picoschema } from './picoschema.ts'

type Message = NonNullable<PromptContentInput['messages']>[number]

const PARAMETERS: Record<string, string> = {
  temperature: 'temperature',
  maxOutputTokens: 'maxTokens',
  topP: 'topP',
  topK: 'topK',
  stopSequences: 'stop',
}
/** Keys of the front matter that are read, or that say nothing about the prompt. */
const KNOWN = new Set(['model', 'config', 'input', 'output', 'tools', 'name', 'variant', 'version', 'description', 'metadata'])

/** A `.prompt` file of dotprompt (Genkit): YAML in front, Handlebars behind. Its few helpers are written as mustache; others are refused. */
export function importDotprompt(text: string, file: string, fileName: string): Imported[] {
  const { head, body } = frontMatter(text, file)
  const lost: string[] = []
  const { model, config, input, output } = head
  const schemaOf = (value: unknown, where: string): Record<string, unknown> | undefined => {
    if (!isRecord(value) || value.schema === undefined) return undefined
    try {
      return plainJson(picoschema(value.schema))
    } catch (error) {
      throw cannotImport(file, `${where}.schema: ${error instanceof Error ? error.message : error}.`)
    }
  }
  const inputSchema = withDefaults(schemaOf(input, 'input'), input)
  const outputSchema = schemaOf(output, 'output')
  const parameters: Record<string, never> = Object.fromEntries(
    Object.entries(isRecord(config) ? config : {}).flatMap(([theirs, value]) => {
      const ours = PARAMETERS[theirs]
      if (!ours) lost.push(`config.${theirs} is not carried.`)
      return ours ? [[ours, plainJson(value) as never]] : []
    }),
  )
  const tools = texts(head.tools).map((name) => ({ name }))
  if (tools.length > 0) lost.push(`Of the tools only the names are known: add parameters to ${tools.map(({ name }) => name).join(', ')}.`)
  if (isRecord(output) && output.format !== undefined && !outputSchema)
    lost.push(`output.format (${String(output.format)}) needs a schema here.`)
  for (const key of Object.keys(head)) if (!KNOWN.has(key)) lost.push(`${key} is not carried.`)
  const content: PromptContentInput = {
    type: 'chat',
    engine: 'mustache',
    messages: messagesOf(body, { file, lost }),
    ...(inputSchema && { input: { schema: inputSchema as Record<string, never> } }),
    ...(outputSchema && { output: { schema: outputSchema as Record<string, never> } }),
    ...((typeof model === 'string' || Object.keys(parameters).length > 0) && {
      model: { ...(typeof model === 'string' && { route: model }), ...(Object.keys(parameters).length > 0 && { parameters }) },
    }),
    ...(tools.length > 0 && { tools }),
  }
  if (typeof model === 'string') lost.push(`model.route is ${model}, as there: make it an alias or provider/model of yours.`)
  const name = typeof head.name === 'string' ? head.name : fileName
  return [imported(name, content, { description: typeof head.description === 'string' ? head.description : '', lost })]
}

/** `input.default` gives each variable its default. */
function withDefaults(schema: Record<string, unknown> | undefined, input: unknown): Record<string, unknown> | undefined {
  const defaults = isRecord(input) && isRecord(input.default) ? input.default : undefined
  if (!defaults) return schema
  const properties: Record<string, unknown> = isRecord(schema?.properties) ? { ...schema.properties } : {}
  for (const [name, value] of Object.entries(defaults)) {
    const before = properties[name]
    properties[name] = { ...(isRecord(before) && before), default: plainJson(value) }
  }
  return { type: 'object', ...schema, properties }
}

/** `{{role "system"}}` begins a message, `{{history}}` is where the caller's go. What stands before the first is the user's. */
function messagesOf(body: string, { file, lost }: { file: string; lost: string[] }): Message[] {
  const messages: Message[] = []
  let role = 'user'
  for (const piece of body.split(/(\{\{\s*(?:role\s+["'][\w-]+["']|history)\s*\}\})/)) {
    const begun = /^\{\{\s*role\s+["']([\w-]+)["']/.exec(piece)?.[1]
    if (begun !== undefined) role = begun === 'model' ? 'assistant' : begun
    else if (/^\{\{\s*history\s*\}\}$/.test(piece)) {
      messages.push({ type: 'placeholder', name: 'history', optional: true })
      role = 'assistant'
    } else if (piece.trim() !== '') messages.push({ role, content: contentOf(piece.trim(), { file, lost }) })
  }
  if (messages.length === 0) throw cannotImport(file, 'it holds no text.')
  return messages
}

type Said = Extract<Message, { role: string }>['content']

/** `{{media url=photo}}` is a picture between the texts. */
function contentOf(text: string, { file, lost }: { file: string; lost: string[] }): Said {
  const pieces = text.split(/(\{\{\s*media\s[^}]*\}\})/)
  if (pieces.length === 1) return handlebarsToMustache(text, { file, lost }).trim()
  return pieces
    .filter((piece) => piece.trim() !== '')
    .map((piece) => {
      if (!/^\{\{\s*media\s/.test(piece)) return { type: 'text', text: handlebarsToMustache(piece, { file, lost }).trim() }
      const [, quoted, name] = /url\s*=\s*(?:["']([^"']+)["']|([\w.]+))/.exec(piece) ?? []
      if (!quoted && !name) throw cannotImport(file, `${piece} has no url.`)
      return { type: 'image', url: quoted ?? `{{${name}}}` }
    })
}
