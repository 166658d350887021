import type { PromptContent, PromptMessage } from '@signalbox/schema'
import { listDiff } from '../../../lib/list-diff.ts'

/** One part of two versions, as texts to stand side by side. Where one side is `null` it is not there. */
export type Part = { title: string; before: string | null; after: string | null }

/** All that two versions are made of, part by part: what is the same in both has the same text. */
export function partsOf(before: PromptContent, after: PromptContent): Part[] {
  const named = (title: string, of: (content: PromptContent) => unknown): Part => ({
    title,
    before: written(of(before)),
    after: written(of(after)),
  })
  return [
    ...(before.type === 'text' && after.type === 'text'
      ? [named('Text', ({ text }) => text)]
      : pairMessages(before.messages ?? asMessages(before), after.messages ?? asMessages(after))),
    named('Template language', ({ engine }) => engine),
    named('Model', ({ model }) => model?.route),
    named('Parameters', ({ model }) => model?.parameters),
    named('Tools', ({ tools }) => tools),
    named('Tool choice', ({ toolChoice }) => toolChoice),
    named('Variables', ({ input }) => input?.schema),
    named('Structured output', ({ output }) => output),
    named('Examples', ({ examples }) => examples),
    ...variantsOf(before, after),
    named('Tests', ({ tests }) => tests),
    named('Configuration of clients', ({ config }) => config),
    named('Manifest', ({ manifest }) => manifest),
  ].filter(({ before: was, after: is }) => was !== null || is !== null)
}

/** Messages in the order in which they stand; those that were changed beside each other. */
function pairMessages(before: readonly PromptMessage[], after: readonly PromptMessage[]): Part[] {
  const parts: Part[] = []
  let removed: string[] = []
  let added: string[] = []
  const part = (was: string | undefined, is: string | undefined): Part => {
    const of = JSON.parse(is ?? was ?? '{}') as PromptMessage
    const title = of.type === 'placeholder' ? 'Messages of the caller' : `Message: ${of.role}`
    return { title, before: was === undefined ? null : textOf(was), after: is === undefined ? null : textOf(is) }
  }
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) parts.push(part(removed[at], added[at]))
    removed = []
    added = []
  }
  const texts = (messages: readonly PromptMessage[]) => messages.map((message) => JSON.stringify(message))
  for (const { type, text } of listDiff(texts(before), texts(after))) {
    if (type === 'removed') removed.push(text)
    else if (type === 'added') added.push(text)
    else {
      flush()
      parts.push(part(text, text))
    }
  }
  flush()
  return parts
}

/** Variants by their names. */
function variantsOf(before: PromptContent, after: PromptContent): Part[] {
  const names = [...new Set([...(before.variants ?? []), ...(after.variants ?? [])].map(({ name }) => name))]
  return names.map((name) => {
    const side = (content: PromptContent) => {
      const found = content.variants?.find((one) => one.name === name)
      if (!found) return null
      const { text, messages = [], ...rest } = found
      return [JSON.stringify(rest, null, 2), text ?? messages.map((message) => textOf(JSON.stringify(message), true)).join('\n\n')].join(
        '\n\n',
      )
    }
    return { title: `Variant ${name}`, before: side(before), after: side(after) }
  })
}

const asMessages = ({ text = '' }: PromptContent): PromptMessage[] => [{ role: 'user', content: text }]

/** A message as it is read: its role, what it says, and whatever else it holds. */
function textOf(json: string, withRole = false): string {
  const message = JSON.parse(json) as PromptMessage
  if (message.type === 'placeholder') return `${message.name}${message.optional ? ' (may be left out)' : ''}`
  const { role, content, type: _, ...rest } = message
  const said =
    typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : `[picture ${part.url}]`)).join('\n')
  return [...(withRole ? [`${role}:`] : []), said, ...(Object.keys(rest).length > 0 ? [JSON.stringify(rest, null, 2)] : [])].join('\n')
}

const written = (value: unknown): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value, null, 2)
