/** What a cell of a table says: one that is a list or an object in JSON is one; all else is text. */
export function jsonCell(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
