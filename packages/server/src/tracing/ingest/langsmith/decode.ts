import type { IngestHeader } from '@signalbox/schema'
import type { Decoded } from '../decoder.ts'
import { hexOfUuid } from '../json-values.ts'
import type { LangsmithBody } from './body.ts'
import { readBatch } from './read-batch.ts'
import { readMultipart } from './read-multipart.ts'
import { attachmentPatch, toPatch } from './to-patch.ts'
import { toScore } from './to-score.ts'

/** Runs and feedback that the edge has taken. What is wrong in a body was told to its client and is left out here too. */
export function decodeLangsmith(header: IngestHeader, body: Buffer): Decoded {
  const { runs, feedback, attachments } = readLangsmith(header, body)
  const idsOf = new Map(runs.map(({ ids }) => [ids.spanId, ids]))
  const files = attachments.flatMap((attachment) => {
    const ids = idsOf.get(hexOfUuid(attachment.runId) ?? '')
    return ids ? [attachmentPatch(attachment, ids, header)] : []
  })
  return {
    rows: [],
    patches: [...runs.map((message) => toPatch(message, header)), ...files],
    scores: feedback.map((one) => toScore(one, header)),
  }
}

export const readLangsmith = (header: Pick<IngestHeader, 'format' | 'contentType'>, body: Buffer): LangsmithBody =>
  header.format === 'langsmith-multipart' ? readMultipart(body, header.contentType ?? '') : readBatch(body)
