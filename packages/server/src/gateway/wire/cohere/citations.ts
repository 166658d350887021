import type { Citation } from '../language.ts'
import { listOf, objectOf, textOf } from '../untyped.ts'

/** A citation of an answer whose text is `text`: one for each of its sources, the first of which keeps what Cohere wrote. */
export function decodeCitation(value: unknown, text: string): Citation[] {
  const { start, end, text: cited, sources } = objectOf(value)
  const place = placeOf(text, { start, end, cited })
  const [first = {}, ...others] = listOf(sources).map(decodeSource)
  const native = { dialect: 'cohere', value } as const
  return [
    { ...first, ...place, native },
    ...others.map((source) => ({ ...source, ...place, native: { dialect: 'cohere', value: undefined } as const })),
  ]
}

/** A document of the request, or the output of a tool. */
function decodeSource(value: unknown): Citation {
  const source = objectOf(value)
  const fields = objectOf(source.document ?? source.tool_output)
  const text = textOf(fields.snippet) || textOf(fields.text) || textOf(fields.content)
  const title = textOf(fields.title) || textOf(source.id)
  return {
    ...(typeof fields.url === 'string' && { url: fields.url }),
    ...(title !== '' && { title }),
    ...(text !== '' && { text }),
  }
}

type Span = { start?: number; end?: number }

/** UTF-16 offsets. Cohere counts characters: its numbers are taken as they are only where they cut out the cited words. */
function placeOf(text: string, { start, end, cited }: { start: unknown; end: unknown; cited: unknown }): Span {
  if (typeof start !== 'number' || typeof end !== 'number') return {}
  if (typeof cited !== 'string' || text.slice(start, end) === cited) return { start, end }
  const from = offsetOf(text, start)
  const to = offsetOf(text, end)
  return text.slice(from, to) === cited ? { start: from, end: to } : {}
}

/** Where the code point of that number begins. */
function offsetOf(text: string, points: number): number {
  let at = 0
  for (let count = 0; count < points && at < text.length; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return at
}
