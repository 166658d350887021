import type { Citation } from '../language.ts'
import { type Fields, isFields } from './fields.ts'

/** A citation as Gemini means it: `start` and `end` are bytes of UTF-8 in the answer's text, `segment` the words of the answer. */
export type FoundCitation = { citation: Citation; segment?: string; start?: number; end?: number }

/** What `groundingMetadata` and `citationMetadata` of a candidate cite: each source of each supported segment, then the sources that support none. */
export function readCitations(candidate: Fields): FoundCitation[] {
  const found: FoundCitation[] = []
  const { groundingMetadata, citationMetadata } = candidate
  if (isFields(groundingMetadata)) readGrounding(groundingMetadata, found)
  if (isFields(citationMetadata)) {
    // The Gemini API calls them `citationSources`, Vertex AI `citations`.
    const sources = citationMetadata.citationSources ?? citationMetadata.citations
    for (const source of Array.isArray(sources) ? sources.filter(isFields) : [])
      found.push({ citation: sourceOf(source), ...range(source) })
  }
  return found
}

function readGrounding(metadata: Fields, found: FoundCitation[]): void {
  const chunks = (Array.isArray(metadata.groundingChunks) ? metadata.groundingChunks : []).map((chunk) => {
    const source = isFields(chunk) ? Object.values(chunk).find(isFields) : undefined
    return source ? sourceOf(source) : undefined
  })
  const supporting = new Set<number>()
  for (const support of Array.isArray(metadata.groundingSupports) ? metadata.groundingSupports : []) {
    if (!isFields(support) || !Array.isArray(support.groundingChunkIndices)) continue
    const segment = isFields(support.segment) ? support.segment : {}
    for (const index of support.groundingChunkIndices) {
      const citation = chunks[index]
      if (!citation) continue
      supporting.add(index)
      found.push({ citation, ...(typeof segment.text === 'string' && { segment: segment.text }), ...range(segment) })
    }
  }
  for (const [index, citation] of chunks.entries()) if (citation && !supporting.has(index)) found.push({ citation })
}

function sourceOf({ uri, title, text }: Fields): Citation {
  return {
    ...(typeof uri === 'string' && { url: uri }),
    ...(typeof title === 'string' && { title }),
    ...(typeof text === 'string' && { text }),
  }
}

function range({ startIndex, endIndex }: Fields): { start?: number; end?: number } {
  if (typeof endIndex !== 'number') return {}
  return { start: typeof startIndex === 'number' ? startIndex : 0, end: endIndex }
}

/**
 * The citation with its place in a block's text, in UTF-16; `undefined` where it is not about this text. `before` is the text
 * of the answer that stands before the block: Gemini counts from the start of a part, which a stream does not tell apart.
 */
export function placeCitation({ citation, segment, start, end }: FoundCitation, text: string, before: string): Citation | undefined {
  if (end === undefined && segment === undefined) return undefined
  for (const base of before === '' ? [0] : [0, Buffer.byteLength(before)]) {
    const from = utf16At(text, (start ?? 0) - base)
    const to = end === undefined || from === undefined ? undefined : utf16At(text, end - base)
    if (from === undefined || to === undefined) continue
    if (segment === undefined || text.slice(from, to) === segment) return { ...citation, start: from, end: to }
  }
  const at = segment ? text.indexOf(segment) : -1
  return segment && at >= 0 ? { ...citation, start: at, end: at + segment.length } : undefined
}

/** The UTF-16 offset of a byte offset, `undefined` outside of the text. */
function utf16At(text: string, bytes: number): number | undefined {
  if (bytes < 0) return undefined
  let at = 0
  let seen = 0
  while (seen < bytes) {
    const code = text.codePointAt(at)
    if (code === undefined) return undefined
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    at += code < 0x10000 ? 1 : 2
  }
  return at
}

/** Text of an answer with what it cites; `part` counts the parts of the candidate. */
export type CitedText = { text: string; citations: readonly Citation[]; part?: number }

/** Citations of any dialect as `groundingMetadata`, `undefined` where there are none. */
export function writeGrounding(texts: readonly CitedText[]): Fields | undefined {
  const chunks: Fields[] = []
  const known = new Map<string, number>()
  const supports: { segment: Fields; groundingChunkIndices: number[] }[] = []
  for (const { text, citations, part } of texts)
    for (const { url, title, text: words, start, end } of citations) {
      const source = {
        ...(url !== undefined && { uri: url }),
        ...(title !== undefined && { title }),
        ...(words !== undefined && { text: words }),
      }
      const chunk = url !== undefined && words === undefined ? { web: source } : { retrievedContext: source }
      const key = JSON.stringify(chunk)
      const index = known.get(key) ?? chunks.push(chunk) - 1
      known.set(key, index)
      if (start === undefined || end === undefined) continue
      const segment = {
        ...(part && { partIndex: part }),
        startIndex: Buffer.byteLength(text.slice(0, start)),
        endIndex: Buffer.byteLength(text.slice(0, end)),
        text: text.slice(start, end),
      }
      const last = supports.at(-1)
      if (last && JSON.stringify(last.segment) === JSON.stringify(segment)) last.groundingChunkIndices.push(index)
      else supports.push({ segment, groundingChunkIndices: [index] })
    }
  if (chunks.length === 0) return undefined
  return { groundingChunks: chunks, ...(supports.length > 0 && { groundingSupports: supports }) }
}
