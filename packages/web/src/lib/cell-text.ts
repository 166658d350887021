export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue }

/** A value as it is written in a cell: a text as it is, anything else as JSON. */
export const cellText = (value: unknown): string => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value))

/** The same over several lines, to be changed. */
export const editText = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2)

/**
 * What was written into a cell. What was JSON stays JSON, and so does what begins like a list or an object; all else is text. Empty is nothing.
 */
export function readCell(text: string, before: unknown): { value: JsonValue | undefined } | { problem: string } {
  if (text.trim() === '') return { value: undefined }
  const wasJson = before !== undefined && typeof before !== 'string'
  if (!wasJson && !/^\s*[[{]/.test(text)) return { value: text }
  try {
    return { value: JSON.parse(text) as JsonValue }
  } catch (error) {
    // A text that only begins with a bracket, where a text was before.
    if (!wasJson && typeof before === 'string' && /^\s*[[{]/.test(before)) return { value: text }
    return { problem: `No JSON: ${(error as Error).message}` }
  }
}

/** Tags with commas between them, each once. */
export const readTags = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
]
