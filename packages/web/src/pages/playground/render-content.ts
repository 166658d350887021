import { fragmentsIn, type PromptContent } from '@signalbox/schema'
import { compileTemplate, loadEngine, renderContent, type TemplateVariable } from '@signalbox/sdk/templates'
import { type ChatMessage, toChatMessage } from './chat-request.ts'

/** A variable as it is typed: what is a list or an object in JSON is meant as such. */
function typedValue(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
/** Those that were filled in. */
export const typedValues = (variables: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(variables).flatMap(([name, text]) => (text === '' ? [] : [[name, typedValue(text)]])))

/** What only the server can put in: texts of other prompts, rows of datasets, the variant of a target. */
export const needsServer = (content: PromptContent): boolean =>
  fragmentsIn(content).refs.length > 0 ||
  (content.variants ?? []).length > 0 ||
  (content.examples !== undefined && !Array.isArray(content.examples))

/** The messages of a prompt with its variables in their places. Throws what is wrong with it, in words. */
export async function messagesOf(content: PromptContent, variables: Readonly<Record<string, unknown>>): Promise<ChatMessage[]> {
  await loadEngine(content.engine)
  const { text, messages } = renderContent(content, variables, { strict: true })
  return messages ? messages.map(toChatMessage) : [{ role: 'user', content: text }]
}

/** All templates of a content, each as it stands. */
function* templatesOf({ type, text, messages, examples }: PromptContent): Generator<string> {
  if (type === 'text') yield text ?? ''
  for (const message of messages ?? []) {
    if (message.type === 'placeholder') continue
    for (const call of message.toolCalls ?? []) yield call.arguments
    if (typeof message.content === 'string') yield message.content
    else for (const part of message.content) yield part.type === 'text' ? part.text : part.url.startsWith('data:') ? '' : part.url
  }
  for (const { input, output } of Array.isArray(examples) ? examples : []) {
    yield input
    yield output
  }
}

export type AskedVariable = { name: string; isOptional: boolean; isMessages: boolean }

/** The variables that a content asks for, in the order they stand. What is no template asks for none: that is said when it is run. */
export function variablesOf(content: PromptContent): AskedVariable[] {
  const found = new Map<string, AskedVariable>()
  for (const template of templatesOf(content))
    for (const { name, isOptional, isMaybe } of readTemplate(content.engine, template)) {
      if (isMaybe) continue
      const before = found.get(name)
      found.set(name, { name, isOptional: isOptional && (before?.isOptional ?? true), isMessages: false })
    }
  for (const message of content.messages ?? [])
    if (message.type === 'placeholder')
      found.set(message.name, { name: message.name, isOptional: message.optional === true, isMessages: true })
  return [...found.values()]
}

function readTemplate(engine: PromptContent['engine'], template: string): readonly TemplateVariable[] {
  try {
    return compileTemplate(engine, template).variables
  } catch {
    return []
  }
}

/** What any of several contents asks for; needed where one of them needs it. */
export function askedBy(contents: readonly PromptContent[]): AskedVariable[] {
  const found = new Map<string, AskedVariable>()
  for (const one of contents.flatMap(variablesOf)) {
    const before = found.get(one.name)
    found.set(one.name, before ? { ...before, isOptional: before.isOptional && one.isOptional } : one)
  }
  return [...found.values()]
}
