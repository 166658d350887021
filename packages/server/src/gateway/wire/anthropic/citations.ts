import type { Citation } from '../language.ts'

/** A citation of Anthropic's (`char_location`, `page_location`, `web_search_result_location`, …) in the inner language. */
export function decodeCitation(value: unknown): Citation {
  const sent = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const url = text(sent.url) ?? (sent.type === 'search_result_location' ? text(sent.source) : undefined)
  const title = text(sent.title) ?? text(sent.document_title)
  const cited = text(sent.cited_text)
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(cited !== undefined && { text: cited }),
    // One that this program wrote for another vendor has no index, and Anthropic would refuse it.
    ...(sent.encrypted_index !== '' && { native: { dialect: 'anthropic' as const, value } }),
  }
}

/** A citation as Anthropic writes it. One of another vendor becomes the result of a web search, with no index to send back. */
export function encodeCitation(citation: Citation): unknown {
  if (citation.native?.dialect === 'anthropic') return citation.native.value
  return {
    type: 'web_search_result_location',
    url: citation.url ?? '',
    title: citation.title ?? null,
    cited_text: citation.text ?? '',
    encrypted_index: '',
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
