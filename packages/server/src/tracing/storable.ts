/** What comes from outside may hold what no text of Postgres can: half a character, or a zero. `\ufffd` stands for it. */
export const storableText = (text: string): string =>
  text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '\ufffd')

/** The same for JSON as `JSON.stringify` writes it. */
export const storableJson = (json: string): string => wellFormedJson(json.includes('\\u0000') ? json.replace(ZERO, '\\ufffd') : json)

/** JSON as `JSON.stringify` writes it, where an escape of half a character is never one of two: without any, since the events store refuses them. */
export const wellFormedJson = (json: string): string => (json.includes('\\ud') ? json.replace(HALF, '\\ufffd') : json)

// Not behind an odd number of backslashes: there it is text that shows an escape.
const ZERO = /(?<=(?<!\\)(?:\\\\)*)\\u0000/g
const HALF = /(?<=(?<!\\)(?:\\\\)*)\\ud[89a-f][\da-f]{2}/g
