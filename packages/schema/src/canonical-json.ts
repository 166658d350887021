/** JSON with sorted names and without what is undefined: the same content is the same text, whose SHA-256 says what it is. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const named = Object.entries(value).filter(([, one]) => one !== undefined)
  named.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${named.map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`).join(',')}}`
}
