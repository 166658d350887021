import type { Citation } from '../language.ts'
import { listOf, objectOf, textOf, type Untyped } from '../untyped.ts'

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

/** Plans and thoughts are cited too, but nobody else has a place for that. */
export const isOfText = (citation: unknown): boolean => (objectOf(citation).type ?? 'TEXT_CONTENT') === 'TEXT_CONTENT'

/** Where a block of text stands in the part of the content that it was written into; without `end` it goes to the end of it. */
export type Segment = { start: number; end?: number }

/**
 * A citation as Cohere writes it, in the part with `text`. One of another vendor has one source, a document; one without a
 * place is of its whole block. `undefined` for a further source of a citation of Cohere's own, which the first one already holds.
 */
export function encodeCitation(
  citation: Citation,
  { text, start, end = text.length, contentIndex }: Segment & { text: string; contentIndex: number },
): Untyped | undefined {
  const { native, url, title, text: snippet } = citation
  if (native?.dialect === 'cohere') return native.value === undefined ? undefined : objectOf(native.value)
  const from = Math.min(start + (citation.start ?? 0), end)
  const to = citation.end === undefined ? end : Math.min(start + citation.end, end)
  const id = url ?? title ?? ''
  const document = {
    id,
    ...(title !== undefined && { title }),
    ...(url !== undefined && { url }),
    ...(snippet !== undefined && { snippet }),
  }
  return {
    start: pointsBefore(text, from),
    end: pointsBefore(text, to),
    text: text.slice(from, to),
    sources: [{ type: 'document', id, document }],
    content_index: contentIndex,
    type: 'TEXT_CONTENT',
  }
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

/** How many code points there are before an offset: what Cohere counts. */
function pointsBefore(text: string, offset: number): number {
  let points = 0
  for (let at = 0; at < offset; points++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return points
}
