import {
  AppError,
  fragmentsInText,
  LATEST,
  MovableLabel,
  type PromptContent,
  PromptLabelName,
  type PromptMessage,
  PromptName,
  plainText,
  writePromptRef,
} from '@signalbox/schema'
import { compileTemplate } from '@signalbox/sdk/templates'
import { z } from 'zod'
import { parseContent } from '../../prompts/content.ts'
import type { Resolution } from '../../prompts/fragments.ts'
import type { StoredVersion } from '../../prompts/read.ts'
import { labelsOf } from '../../prompts/rows.ts'
import type { NewVersion } from '../../prompts/versions.ts'

const Message = z.union([
  z.strictObject({ type: z.literal('placeholder'), name: z.string() }),
  z.strictObject({ type: z.literal('chatmessage').optional(), role: z.string(), content: z.string() }),
])
const common = {
  name: PromptName,
  config: z.json().optional(),
  labels: z.array(z.union([z.literal(LATEST), MovableLabel])).default([]),
  tags: z.array(plainText(100).min(1)).max(100).nullish(),
  commitMessage: plainText(500).nullish(),
  isActive: z.boolean().optional(),
}
const Created = z.union([
  z.object({ ...common, type: z.literal('chat'), prompt: z.array(Message) }),
  z.object({ ...common, type: z.literal('text').optional(), prompt: z.string() }),
])
export const NewLabels = z.object({ newLabels: z.array(z.union([z.literal(LATEST), MovableLabel])) })
export const LabelParameter = PromptLabelName

export function parse<T extends z.ZodType>(schema: T, sent: unknown): z.output<T> {
  const parsed = schema.safeParse(sent)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('invalid-request', `${issue?.path.join('.') || 'The body'}: ${issue?.message}.`)
}

/** What a client of Langfuse creates, as a version of ours. What it calls `isActive` is the label `production`. */
export function toNewVersion(sent: Record<string, unknown>): NewVersion {
  const chosen = Array.isArray(sent.prompt) || sent.type === 'chat' ? Created.options[0] : Created.options[1]
  const { name, type, prompt, config, labels, tags, commitMessage, isActive } = parse(chosen, sent)
  const content = parseContent({
    type: type ?? 'text',
    engine: 'mustache',
    ...(typeof prompt === 'string' ? { text: prompt } : { messages: prompt.map(toMessage) }),
    ...(config !== undefined && { config }),
  })
  assertNamesDiffer(content)
  return {
    name,
    content,
    message: commitMessage ?? '',
    labels: [...new Set([...labels, ...(isActive ? ['production'] : [])])],
    ...(tags && { tags }),
  }
}

const toMessage = (message: z.output<typeof Message>): PromptMessage =>
  'name' in message ? { type: 'placeholder', name: message.name } : { role: message.role, content: message.content }

/** A placeholder and a variable of one name could not both be given. */
function assertNamesDiffer({ messages = [] }: PromptContent): void {
  const placeholders = new Set(messages.flatMap((message) => (message.type === 'placeholder' ? [message.name] : [])))
  for (const message of messages) {
    if (message.type === 'placeholder' || typeof message.content !== 'string') continue
    const clash = variablesOf(message.content).find((name) => placeholders.has(name))
    if (clash !== undefined)
      throw new AppError('invalid-request', `Placeholder names must not be those of variables: ${JSON.stringify(clash)} is both.`)
  }
}

function variablesOf(text: string): string[] {
  try {
    return compileTemplate('mustache', text).variables.map(({ name }) => name)
  } catch {
    // Their clients take any text; what is no template has no variables.
    return []
  }
}

/** A version as their clients read it. With `resolution` fragments are filled in, else they stand as they were written. */
export function toLangfuse(projectId: string, found: StoredVersion, resolution: Resolution | null) {
  const { prompt, version, content } = found
  const labels = labelsOf(prompt, version)
  return {
    id: idOf(prompt.name, version),
    name: prompt.name,
    version,
    type: content.type,
    prompt: textsOf(resolution?.resolved ?? content),
    config: content.config ?? {},
    labels,
    tags: prompt.tags,
    commitMessage: found.message || null,
    createdBy: found.createdBy ?? 'API',
    createdAt: found.createdAt.toISOString(),
    updatedAt: prompt.updated_at.toISOString(),
    projectId,
    isActive: labels.includes('production'),
    resolutionGraph: resolution ? graphOf(found, resolution) : null,
  }
}

const idOf = (name: string, version: number): string => `${name}@${version}`

const textsOf = ({ text, messages = [] }: PromptContent) =>
  text ??
  messages.map((message) =>
    message.type === 'placeholder'
      ? { type: 'placeholder', name: message.name }
      : { type: 'chatmessage', role: message.role, content: plain(message.content) },
  )

/** Their messages are text. */
const plain = (content: Exclude<PromptMessage, { type: 'placeholder' }>['content']): string =>
  typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : part.url)).join('\n')

function graphOf({ prompt, version, content }: StoredVersion, { fragments }: Resolution) {
  if (fragments.length === 0) return null
  const known = new Map(fragments.map((one) => [`${one.name}@${one.label ?? one.version}`, one]))
  const node = (key: string) => {
    const one = known.get(key)
    return one && one.version !== null ? [{ id: idOf(one.name, one.version), name: one.name, version: one.version }] : []
  }
  const root = { id: idOf(prompt.name, version), name: prompt.name, version }
  const direct = new Set(textList(content).flatMap((text) => fragmentsInText(text).found.map(({ ref }) => writePromptRef(ref))))
  const dependencies = Object.fromEntries(
    fragments.flatMap((one) =>
      one.version !== null && one.fragments.length > 0 ? [[idOf(one.name, one.version), one.fragments.flatMap(node)]] : [],
    ),
  )
  return { root, dependencies: { [root.id]: [...direct].flatMap(node), ...dependencies } }
}

const textList = ({ text, messages = [] }: PromptContent): string[] =>
  text !== undefined ? [text] : messages.flatMap((message) => (message.type === 'placeholder' ? [] : [plain(message.content)]))
