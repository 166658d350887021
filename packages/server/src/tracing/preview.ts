/** The first 200 characters of a text, on one line. */
export const preview = (text: string): string => [...text.slice(0, 800).replace(/\s+/g, ' ').trim()].slice(0, 200).join('')
