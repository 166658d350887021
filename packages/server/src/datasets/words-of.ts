/** All text of a value, in its order. */
export function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(wordsOf).join(' ')
  if (typeof value === 'object' && value !== null) return Object.values(value).map(wordsOf).join(' ')
  return value === null || value === undefined ? '' : String(value)
}
