import { fragmentsInText } from '@signalbox/schema'
import { compileTemplate, TemplateError } from '@signalbox/sdk/templates'
import type { Body, Draft } from './draft.ts'
import type { Used } from './lint.ts'

/** What the texts of a draft read, and those that are no templates, by where they stand. */
export type Templates = { used: Used[]; problems: Record<string, string> }

/** Reads every text of a draft as its engine does. The engine must be loaded. */
export function readTemplates(draft: Draft): Templates {
  const found = new Map<string, Used>()
  const problems: Record<string, string> = {}
  for (const [path, text] of textsOf(draft)) {
    try {
      for (const { name, isOptional, isMaybe } of compileTemplate(draft.engine, withoutFragments(text)).variables) {
        const before = found.get(name)
        found.set(name, { name, isOptional: isOptional && (before?.isOptional ?? true), isMaybe: isMaybe && (before?.isMaybe ?? true) })
      }
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      problems[path] = error.message
    }
  }
  return { used: [...found.values()], problems }
}

function* textsOf(draft: Draft): Generator<[path: string, text: string]> {
  yield* ofBody(draft, draft)
  for (const [at, { input, output }] of draft.examples.entries()) {
    yield [`examples.${at}.input`, input]
    yield [`examples.${at}.output`, output]
  }
  for (const [at, variant] of draft.variants.entries()) yield* ofBody(variant, draft, `variants.${at}.`)
}

function* ofBody({ text, messages }: Body, { type }: Pick<Draft, 'type'>, before = ''): Generator<[path: string, text: string]> {
  if (type === 'text') return yield [`${before}text`, text]
  for (const [at, { message }] of messages.entries()) {
    if (message.type === 'placeholder') continue
    const path = `${before}messages.${at}`
    if (typeof message.content === 'string') yield [path, message.content]
    else for (const part of message.content) yield [path, part.type === 'text' ? part.text : part.url]
    for (const call of message.toolCalls ?? []) yield [`${path}.toolCalls`, call.arguments]
  }
}

/** Fragments are filled in by the server. Lines stay lines, so that a problem is named where it is. */
function withoutFragments(text: string): string {
  const { found } = fragmentsInText(text)
  let left = ''
  let at = 0
  for (const { start, end } of found) {
    left += text.slice(at, start)
    at = end
  }
  return left + text.slice(at)
}
