/** At most so many variables are described. */
const MOST = 50

/** What variables look like without what they say: `text 120`, `list 3`, `null`. It tells when a caller begins to send something else. */
export function shapesOf(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables)
      .slice(0, MOST)
      .map(([name, value]) => [name.slice(0, 200), shapeOf(value)]),
  )
}

function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return `text ${value.length}`
  if (Array.isArray(value)) return `list ${value.length}`
  return typeof value === 'object' ? `object ${Object.keys(value).length}` : typeof value
}
