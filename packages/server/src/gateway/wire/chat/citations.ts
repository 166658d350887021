import type { Citation } from '../language.ts'
import { isObject, type Json } from './check.ts'

/** A `url_citation` annotation as a citation; `base` is where the text block begins in the message. Undefined for other annotations. */
export function decodeAnnotation(annotation: unknown, base = 0): Citation | undefined {
  if (!isObject(annotation) || annotation.type !== 'url_citation') return undefined
  const cited = isObject(annotation.url_citation) ? annotation.url_citation : annotation
  return {
    ...(typeof cited.url === 'string' && { url: cited.url }),
    ...(typeof cited.title === 'string' && { title: cited.title }),
    ...(typeof cited.content === 'string' && { text: cited.content }),
    ...(typeof cited.start_index === 'number' && { start: cited.start_index - base }),
    ...(typeof cited.end_index === 'number' && { end: cited.end_index - base }),
    native: { dialect: 'openai-chat', value: annotation },
  }
}

/** The annotation of a citation in the block from `base` on, `length` long so far. Undefined where nothing is linked to. */
export function encodeCitation(citation: Citation, base: number, length: number): Json | undefined {
  if (citation.native?.dialect === 'openai-chat' && isObject(citation.native.value)) return citation.native.value
  if (citation.url === undefined) return undefined
  return {
    type: 'url_citation',
    url_citation: {
      url: citation.url,
      title: citation.title ?? citation.url,
      start_index: base + (citation.start ?? 0),
      end_index: base + (citation.end ?? length),
    },
  }
}
