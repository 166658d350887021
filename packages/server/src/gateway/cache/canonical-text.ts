/**
 * A JSON value as text that is the same whatever the order of its keys was, and another one for any other value. It is not JSON: a string
 * stands as it is behind its length, since escaping it would take longer than all the rest. `leave`: keys at the top that do not count.
 */
export function canonicalText(value: unknown, leave?: ReadonlySet<string>): string {
  if (typeof value === 'string') return ofString(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) {
    let text = '['
    for (const member of value) text += `${canonicalText(member)},`
    return `${text}]`
  }
  const keys = Object.keys(value)
  if (keys.length > 1) keys.sort()
  let text = '{'
  for (const key of keys) if (!leave?.has(key)) text += `${ofString(key)}${canonicalText((value as Record<string, unknown>)[key])},`
  return `${text}}`
}

/** Half a character has no bytes of its own, so that two of them would not be told apart. */
const ofString = (text: string): string => (text.isWellFormed() ? `"${text.length}:${text}` : `'${JSON.stringify(text)}`)
