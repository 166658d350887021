import type { ReviewContent } from '@signalbox/schema'
import { readReviewed, type StoredReviewItem } from './rows.ts'
import type { ReviewSurroundings } from './surroundings.ts'

export type ContentReader = (projectId: string, item: Pick<StoredReviewItem, 'content' | 'source'>) => Promise<ReviewContent | undefined>

/** What is to be read of an item: that of a call where it is kept, so that what is deleted there is not here either. */
export const contentReader =
  ({ said }: Pick<ReviewSurroundings, 'said'>): ContentReader =>
  async (projectId, { content, source }) => {
    if (content !== null) return readReviewed(content)
    if (source.kind !== 'span') return undefined
    const found = await said(projectId, source)
    return found && ({ input: found.input, output: found.output } as ReviewContent)
  }

/** How an item begins, in a list. */
export function previewOf(content: { input: unknown }): string {
  const { input } = content
  const last = Array.isArray(input) ? input.findLast((message) => message?.role === 'user' || message?.content !== undefined) : input
  const text = typeof last === 'string' ? last : typeof last?.content === 'string' ? last.content : JSON.stringify(last ?? null)
  return text.replace(/\s+/g, ' ').trim().slice(0, 200)
}
