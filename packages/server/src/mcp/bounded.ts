/** A value as JSON of at most so many characters, and what had to be cut for that, in words. */
export type Bounded = { json: string; cut: string | null }

/** How long texts and lists may be, from generous to terse. */
const STEPS: readonly { text: number; items: number }[] = [
  { text: 20_000, items: 1000 },
  { text: 4000, items: 500 },
  { text: 1000, items: 200 },
  { text: 300, items: 100 },
  { text: 300, items: 40 },
  { text: 120, items: 20 },
  { text: 60, items: 8 },
]

/**
 * Leaves out what is null or empty, and shortens texts and lists step by step until the whole fits: a little of everything says
 * more than the beginning of it. What was cut is said where it was.
 */
export function bounded(value: unknown, most: number): Bounded {
  const whole = JSON.stringify(dense(value)) ?? 'null'
  if (whole.length <= most) return { json: whole, cut: null }
  for (const { text, items } of STEPS) {
    const json = JSON.stringify(shorten(dense(value), { text, items }))
    if (json.length <= most) return { json, cut: `texts to ${text} characters, lists to ${items} items` }
  }
  return { json: JSON.stringify(`${whole.slice(0, Math.max(0, most - 200))}…`), cut: `to its first ${most} characters` }
}

/** Without what says nothing. */
function dense(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dense)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, dense(inner)] as const)
      .filter(([, inner]) => !isEmpty(inner)),
  )
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0))

function shorten(value: unknown, limits: { text: number; items: number }): unknown {
  if (typeof value === 'string') {
    const over = value.length - limits.text
    return over > 0 ? `${value.slice(0, limits.text)}… [${over} more characters]` : value
  }
  if (Array.isArray(value)) {
    const kept = value.slice(0, limits.items).map((item) => shorten(item, limits))
    return value.length > limits.items ? [...kept, `… [${value.length - limits.items} more items]`] : kept
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner, limits)]))
}
