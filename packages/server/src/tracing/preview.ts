/** Characters in a preview. */
export const PREVIEW_LENGTH = 200

/** White space that is not one space, or half of a character. */
const UNEVEN = /\s\s|[^\S ]|[\ud800-\udfff]/

/** The first 200 characters of a text, on one line. */
export function preview(text: string): string {
  const start = text.slice(0, PREVIEW_LENGTH)
  // Most text needs nothing but a cut; the rest is worth the time.
  if (!UNEVEN.test(start)) return start.trim()
  const line = text
    .slice(0, 4 * PREVIEW_LENGTH)
    .replace(/\s+/g, ' ')
    .trim()
  return [...line].slice(0, PREVIEW_LENGTH).join('').toWellFormed()
}
