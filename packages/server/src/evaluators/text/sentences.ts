/** Beyond this a text is not a summary or an answer, and is cut in pieces first. */
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** Abbreviations behind which a sentence does not end. */
const ABBREVIATION = /(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|No|Nos|Inc|Ltd|Co|Corp|vs|e\.g|i\.e|approx|Fig|Art|Sec|Rs)\.\s*$/

/** Sentences by Unicode's rules, with those put together again that an abbreviation cut in two. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = []
  let open = ''
  for (const { segment } of segmenter.segment(text)) {
    open += segment
    if (!segment.endsWith('\n') && ABBREVIATION.test(segment.slice(-20))) continue
    if (open.trim() !== '') sentences.push(open.trim())
    open = ''
  }
  if (open.trim() !== '') sentences.push(open.trim())
  return sentences
}
