import { AppError, canonicalJson, PromptContent } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'

/** What a version is known by. */
export const hashOf = (content: PromptContent): string => sha256(canonicalJson(content))

/** What is in the database was checked on its way in. */
export const readContent = (stored: string): PromptContent => JSON.parse(stored) as PromptContent

/** Throws where something is not the content of a prompt: for what comes in other shapes than ours. */
export function parseContent(sent: unknown): PromptContent {
  const parsed = PromptContent.safeParse(sent)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('invalid-request', `The prompt cannot be used: ${issue?.path.join('.') || 'it'} ${issue?.message}.`)
}
