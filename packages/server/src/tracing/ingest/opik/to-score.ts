import type { IngestHeader, ScoreRow } from '@signalbox/schema'
import { sha256 } from '../../../lib/ids.ts'
import { hexOfUuid, type Json, payloadOf, wordOf } from '../json-values.ts'

export type Scored = 'trace' | 'span' | 'thread'

/**
 * A feedback score. Opik knows one by what it is of, its name and who said it, so that is its id here. One of a span does not name its
 * trace: the core looks for the span.
 */
export function toScore(sent: Json, of: Scored, { projectId, keyId, receivedAt }: IngestHeader): ScoreRow {
  const target = (of === 'thread' ? wordOf(sent.thread_id) : hexOfUuid(sent.id)) ?? ''
  const category = wordOf(sent.category_name) ?? ''
  const author = wordOf(sent.author) ?? ''
  const project = wordOf(sent.project_name)
  return {
    projectId,
    id: sha256(`opik ${of} ${target} ${String(sent.name)} ${author}`).slice(0, 32),
    traceId: of === 'trace' ? target : '',
    spanId: of === 'span' ? target : '',
    sessionId: of === 'thread' ? target.slice(0, 800) : '',
    runId: '',
    name: String(sent.name),
    type: category === '' ? 'numeric' : 'categorical',
    value: Number(sent.value),
    text: category,
    comment: (payloadOf(sent.reason) ?? '').slice(0, 100_000),
    source: sent.source === 'ui' ? 'annotation' : sent.source === 'online_scoring' ? 'eval' : 'api',
    authorId: keyId,
    environment: '',
    metadata: { ...(author && { author }), ...(project && { project }) },
    at: receivedAt,
    receivedAt,
  }
}
