import { createHash } from 'node:crypto'

/**
 * Ids of tool calls of exactly `length` ASCII letters and digits. One that is so already stays; each other becomes the
 * beginning of its hash, so that it is the same in every request of a conversation, and never that of another call.
 */
export function callIds(ids: Iterable<string>, length: number): (id: string) => string {
  const fits = new RegExp(`^[a-zA-Z0-9]{${length}}$`)
  const all = new Set(ids)
  const used = new Set([...all].filter((id) => fits.test(id)))
  const given = new Map<string, string>()
  for (const id of all) {
    if (fits.test(id)) continue
    let short = hashOf(id, length)
    for (let again = 1; used.has(short); again++) short = hashOf(`${id}#${again}`, length)
    used.add(short)
    given.set(id, short)
  }
  return (id) => given.get(id) ?? id
}

const hashOf = (text: string, length: number): string =>
  createHash('sha256')
    .update(text)
    .digest('base64')
    .replace(/[^a-zA-Z0-9]/g, '')
    .slice(0, length)
