import type { Citation } from '../language.ts'
import { type Json, textOf } from './json.ts'
import { DIALECT } from './native.ts'

/** A citation from an annotation of an `output_text` part. */
export function decodeAnnotation(annotation: Json): Citation {
  const title = textOf(annotation.title) || textOf(annotation.filename)
  return {
    ...(typeof annotation.url === 'string' && { url: annotation.url }),
    ...(title && { title }),
    ...(typeof annotation.start_index === 'number' && { start: annotation.start_index }),
    ...(typeof annotation.end_index === 'number' && { end: annotation.end_index }),
    native: { dialect: DIALECT, value: annotation },
  }
}

/** The annotation of a citation, `undefined` for one of another dialect without a URL: Responses has no place for it. */
export function encodeCitation(citation: Citation): Json | undefined {
  if (citation.native?.dialect === DIALECT) return citation.native.value as Json
  if (citation.url === undefined) return undefined
  return {
    type: 'url_citation',
    url: citation.url,
    title: citation.title ?? '',
    start_index: citation.start ?? 0,
    end_index: citation.end ?? citation.start ?? 0,
  }
}
