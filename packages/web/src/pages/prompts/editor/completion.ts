import { createContext } from 'react'

/** Names of variables that are known around an editor: offered while one is written. */
export const KnownVariables = createContext<readonly string[]>([])

/** What stands between `{{` and the caret, and which names go on from it. */
export type Completion = { from: number; names: string[] }

const MOST = 8
const OPEN = /\{\{[#^&/]?\s*([\w.]*)$/
const NAMED = /\{\{[#^&]?\s*([A-Za-z_][\w.]*)/g

/** Undefined where no variable is being written, or nothing fits. Names that the text uses elsewhere are offered too. */
export function completionAt(text: string, caret: number, known: readonly string[]): Completion | undefined {
  const before = text.slice(0, caret)
  const written = OPEN.exec(before)?.[1]
  if (written === undefined) return undefined
  const elsewhere = `${before.slice(0, before.lastIndexOf('{{'))} ${text.slice(caret)}`
  const names = [...new Set([...known, ...[...elsewhere.matchAll(NAMED)].map(([, name = '']) => name)])]
  const fitting = names.filter((name) => name !== written && name.toLowerCase().startsWith(written.toLowerCase())).sort()
  return fitting.length > 0 ? { from: caret - written.length, names: fitting.slice(0, MOST) } : undefined
}

/** With a name in its place, closed where it is not, and where the caret is then. */
export function completed(text: string, caret: number, { from, name }: { from: number; name: string }): { text: string; caret: number } {
  const rest = text.slice(caret)
  const closing = /^\s*\}\}/.exec(rest)?.[0]
  const written = `${text.slice(0, from)}${name}${closing === undefined ? '}}' : ''}`
  return { text: written + rest, caret: written.length + (closing?.length ?? 0) }
}
