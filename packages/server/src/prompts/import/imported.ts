import { AppError, type PromptContentInput } from '@signalbox/schema'

/** A prompt that was read from somebody else's format. */
export type Imported = {
  name: string
  content: PromptContentInput
  /** Where labels pointed, for formats that have such things. */
  labels: string[]
  tags: string[]
  description: string
  /** What the format says and a version of ours cannot, or says otherwise: for whoever imports it. */
  lost: string[]
}

export const imported = (
  name: string,
  content: PromptContentInput,
  { labels = [], tags = [], description = '', lost = [] }: Partial<Omit<Imported, 'name' | 'content'>> = {},
): Imported => ({ name, content, labels, tags, description, lost })

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

/** Data as JSON has it. What came from YAML may hold dates. */
export const plainJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** What would come out wrong is not brought in at all. */
export const cannotImport = (file: string, why: string, hint?: string): AppError =>
  new AppError('invalid-request', `${file} is not imported: ${why}`, {
    hint: hint ?? 'Change it there, or write it anew as NAME.prompt.yaml.',
  })
