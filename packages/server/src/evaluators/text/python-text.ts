/**
 * The references of these metrics are written in Python, whose whitespace is not JavaScript's: it has the four separators of ASCII and the
 * next-line mark, and not the byte order mark.
 */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const IS_SPACE = new RegExp(`[${SPACE}]`)
const SPACES = new RegExp(`[${SPACE}]+`)
const ALL_SPACES = new RegExp(`[${SPACE}]+`, 'g')

/** The words between whitespace. */
export const split = (text: string): string[] => text.split(SPACES).filter((word) => word !== '')
export const withoutSpaces = (text: string): string => text.replace(ALL_SPACES, '')

/** A pattern with `$` would look through every run of spaces again and again; this looks at the end only. */
export function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && IS_SPACE.test(text[end - 1] as string)) end--
  return text.slice(0, end)
}

export function trimStart(text: string): string {
  let start = 0
  while (start < text.length && IS_SPACE.test(text[start] as string)) start++
  return text.slice(start)
}

/** Characters as a reader counts code points, not as JavaScript counts halves of them. */
export const characters = (text: string): string[] => Array.from(text)
