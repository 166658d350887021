import type { PromptContentInput } from '@signalbox/schema'
import { cannotImport, type Imported, imported, isRecord } from './imported.ts'

type Message = NonNullable<PromptContentInput['messages']>[number]

/** A text file of promptfoo: one prompt, or several with a line `---` between them. Its templates are Nunjucks, read as jinja here. */
export function importPromptfooText(text: string, file: string, fileName: string): Imported[] {
  const pieces = text
    .replace(/\r\n/g, '\n')
    .split(/^---[ \t]*$/m)
    .map((piece) => piece.trim())
    .filter(Boolean)
  if (pieces.length === 0) throw cannotImport(file, 'it holds no text.')
  return pieces.map((piece, index) => {
    const name = pieces.length === 1 ? fileName : `${fileName}-${index + 1}`
    const messages = chatIn(piece)
    return messages ? chat(name, messages, file) : imported(name, { type: 'text', engine: 'jinja', text: piece }, { lost: notes([piece]) })
  })
}

/** Messages as JSON or YAML, as OpenAI writes them. */
export function importPromptfooChat(value: unknown, file: string, fileName: string): Imported[] {
  const messages = Array.isArray(value) ? value : isRecord(value) && Array.isArray(value.messages) ? value.messages : undefined
  if (!messages) throw cannotImport(file, 'it is no list of messages, and no format that is known here.')
  return [chat(fileName, messages, file)]
}

export const isChat = (value: unknown): boolean => {
  const messages = isRecord(value) ? value.messages : value
  return Array.isArray(messages) && messages.length > 0 && messages.every((one) => isRecord(one) && typeof one.role === 'string')
}

/** A text that is nothing but a list of messages. */
function chatIn(text: string): unknown[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isChat(value) ? (value as unknown[]) : undefined
  } catch {
    return undefined
  }
}

function chat(name: string, listed: readonly unknown[], file: string): Imported {
  const messages = listed.map((one, index) => messageOf(one, `message ${index + 1}`, file))
  const said = messages.flatMap((one) => ('content' in one && typeof one.content === 'string' ? [one.content] : []))
  return imported(name, { type: 'chat', engine: 'jinja', messages }, { lost: notes(said) })
}

function messageOf(value: unknown, where: string, file: string): Message {
  if (!isRecord(value) || typeof value.role !== 'string') throw cannotImport(file, `${where} has no role.`)
  const { role, content } = value
  if (typeof content === 'string') return { role, content }
  if (!Array.isArray(content)) throw cannotImport(file, `the content of ${where} is neither text nor a list of parts.`)
  return {
    role,
    content: content.map((part) => {
      if (isRecord(part) && part.type === 'text' && typeof part.text === 'string') return { type: 'text', text: part.text }
      const url = isRecord(part) && part.type === 'image_url' ? (isRecord(part.image_url) ? part.image_url.url : part.image_url) : undefined
      if (typeof url === 'string') return { type: 'image', url }
      throw cannotImport(file, `${where} has a part that is neither text nor a picture by URL.`)
    }),
  }
}

/** What promptfoo itself puts in before its template runs. */
const notes = (said: readonly string[]): string[] => {
  const files = [...new Set(said.flatMap((text) => text.match(/file:\/\/[^\s'"}]+/g) ?? []))]
  const env = said.some((text) => /\{\{\s*env\./.test(text))
  return [
    ...(files.length > 0 ? [`${files.join(', ')} stays as text: nothing is read when a prompt is rendered.`] : []),
    ...(env ? ['{{ env.… }} is a variable like any other: a prompt reads no environment.'] : []),
  ]
}
