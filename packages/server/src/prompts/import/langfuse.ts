import type { PromptContentInput } from '@signalbox/schema'
import { cannotImport, type Imported, imported, isRecord, plainJson, texts } from './imported.ts'

type Messages = NonNullable<PromptContentInput['messages']>

/** Prompts as Langfuse's API and its exports write them: one, a list, or `{ data: [...] }`. */
export function importLangfuse(value: unknown, file: string): Imported[] {
  const listed = isRecord(value) && Array.isArray(value.data) ? value.data : Array.isArray(value) ? value : [value]
  const versions = listed.map((one, index) => importOne(one, listed.length === 1 ? file : `${file} (entry ${index + 1})`))
  // The oldest version first, so that ours are numbered in the same order.
  return versions
    .sort((a, b) => (a.imported.name < b.imported.name ? -1 : a.imported.name > b.imported.name ? 1 : a.version - b.version))
    .map((one) => one.imported)
}

/** A value that can only be one of Langfuse's prompts: it has a name, and `prompt` is a text or messages. */
export const isLangfuse = (value: unknown): boolean => {
  const one = isRecord(value) && Array.isArray(value.data) ? value.data[0] : Array.isArray(value) ? value[0] : value
  return isRecord(one) && typeof one.name === 'string' && ('prompt' in one || Array.isArray(one.versions))
}

function importOne(value: unknown, file: string): { version: number; imported: Imported } {
  if (!isRecord(value) || typeof value.name !== 'string') throw cannotImport(file, 'it has no `name`.')
  const { name, prompt } = value
  if (prompt === undefined && Array.isArray(value.versions))
    throw cannotImport(
      file,
      `${name} is an entry of a list, which holds no texts.`,
      'Fetch each prompt with GET /api/public/v2/prompts/NAME?resolve=false, and import those answers.',
    )
  const config = value.config === undefined || value.config === null || isEmpty(value.config) ? undefined : plainJson(value.config)
  const common = { engine: 'mustache' as const, ...(config !== undefined && { config: config as PromptContentInput['config'] }) }
  const content: PromptContentInput =
    typeof prompt === 'string' ? { type: 'text', text: prompt, ...common } : { type: 'chat', messages: messagesOf(prompt, file), ...common }
  const model = isRecord(config) && typeof config.model === 'string' ? config.model : undefined
  const lost = [
    ...(model ? [`config.model (${model}) is kept in \`config\`, where your app reads it. The gateway goes by \`model.route\`.`] : []),
    ...(typeof prompt === 'string'
      ? wholeTags([prompt])
      : wholeTags(content.messages?.flatMap((one) => ('content' in one && typeof one.content === 'string' ? [one.content] : [])) ?? [])),
  ]
  const labels = texts(value.labels).filter((label) => label !== 'latest')
  return {
    version: typeof value.version === 'number' ? value.version : 0,
    imported: imported(name, content, {
      labels,
      tags: texts(value.tags),
      description: typeof value.commitMessage === 'string' ? value.commitMessage : '',
      lost,
    }),
  }
}

/** What Langfuse itself would leave as it stands, and mustache reads as a section. */
const wholeTags = (all: readonly string[]): string[] => {
  const found = all.flatMap((text) => text.match(/\{\{[#^/&!][^}]*\}\}/g) ?? [])
  return found.length === 0
    ? []
    : [`${[...new Set(found)].slice(0, 3).join(' ')} is mustache here and in Langfuse's JavaScript SDK; its Python SDK leaves it as text.`]
}

const isEmpty = (value: unknown): boolean => isRecord(value) && Object.keys(value).length === 0

function messagesOf(prompt: unknown, file: string): Messages {
  if (!Array.isArray(prompt)) throw cannotImport(file, '`prompt` is neither a text nor a list of messages.')
  return prompt.map((message, index) => {
    if (!isRecord(message)) throw cannotImport(file, `message ${index + 1} is no object.`)
    if (message.type === 'placeholder' && typeof message.name === 'string') return { type: 'placeholder', name: message.name }
    if (typeof message.role !== 'string' || typeof message.content !== 'string')
      throw cannotImport(file, `message ${index + 1} needs a \`role\` and a \`content\` that is text.`)
    return { role: message.role, content: message.content }
  })
}
