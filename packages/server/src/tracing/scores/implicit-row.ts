import type { ScoreRow } from '@signalbox/schema'

type Given = Pick<ScoreRow, 'projectId' | 'id' | 'traceId' | 'at' | 'name' | 'type' | 'value' | 'metadata'> & { spanId?: string }

/** A score that nobody said: `metadata.implicit` tells it from what people say. */
export const implicitRow = ({ metadata, ...given }: Given): ScoreRow => ({
  spanId: '',
  sessionId: '',
  runId: '',
  text: '',
  comment: '',
  source: 'feedback',
  authorId: '',
  environment: '',
  receivedAt: given.at,
  ...given,
  metadata: { implicit: 'true', ...metadata },
})
