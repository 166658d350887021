import type { PromptContent } from '@signalbox/schema'
import { compileTemplate } from './engines.ts'
import type { TemplateVariable } from './template.ts'

/** `isList`: it holds the messages that stand where a placeholder is. */
export type PromptVariable = TemplateVariable & { isList: boolean }

/** All variables that a version reads, over its texts, variants and examples. Its engine has to be loaded. Throws `TemplateError`. */
export function variablesOfContent(content: PromptContent): PromptVariable[] {
  const found = new Map<string, PromptVariable>()
  const add = (one: TemplateVariable, isList = false) => {
    const known = found.get(one.name)
    found.set(one.name, {
      name: one.name,
      paths: [...new Set([...(known?.paths ?? []), ...one.paths])].sort(),
      isOptional: one.isOptional && (known?.isOptional ?? true),
      isMaybe: one.isMaybe && (known?.isMaybe ?? true),
      isList: isList || known?.isList === true,
    })
  }
  const read = (text: string) => {
    for (const one of compileTemplate(content.engine, text).variables) add(one)
  }
  for (const { text, messages } of [content, ...(content.variants ?? [])]) {
    if (text !== undefined) read(text)
    for (const message of messages ?? []) {
      if (message.type === 'placeholder') {
        const { name, optional = false } = message
        add({ name, paths: [name], isOptional: optional, isMaybe: false }, true)
        continue
      }
      if (typeof message.content === 'string') read(message.content)
      else
        for (const part of message.content)
          if (part.type === 'text' || !part.url.startsWith('data:')) read(part.type === 'text' ? part.text : part.url)
      for (const call of message.toolCalls ?? []) read(call.arguments)
    }
  }
  for (const { input, output } of Array.isArray(content.examples) ? content.examples : []) {
    read(input)
    read(output)
  }
  return [...found.values()]
}
