import type { IngestHeader, ScoreRow } from '@signalbox/schema'
import { sha256 } from '../../../lib/ids.ts'
import { hexOfUuid, inOrder, type Json, microsecondsOf, objectOf, payloadOf, textsOf, wordOf } from '../json-values.ts'

/**
 * A feedback as a score. One of a run whose trace its client does not name has no `traceId` yet: the core looks for the run.
 * `session_id` is LangSmith's word for a project; only where no run is named, the feedback is of it.
 */
export function toScore(feedback: Json, { projectId, keyId, receivedAt }: IngestHeader): ScoreRow {
  const source = objectOf(feedback.feedback_source)
  const runId = hexOfUuid(feedback.run_id) ?? ''
  const traceId = hexOfUuid(feedback.trace_id) ?? ''
  const { score, value } = feedback
  const number = typeof score === 'number' ? score : typeof score === 'boolean' ? Number(score) : null
  const label = typeof value === 'string' ? value.slice(0, 100_000) : number === null ? (payloadOf(value) ?? '') : ''
  return {
    projectId,
    id: wordOf(feedback.id) ?? sha256(`langsmith ${inOrder(feedback)}`).slice(0, 32),
    traceId,
    // A root is its trace.
    spanId: runId === traceId ? '' : runId,
    sessionId: '',
    runId: runId === '' && traceId === '' ? (wordOf(feedback.session_id) ?? '') : '',
    name: String(feedback.key),
    type: typeof score === 'boolean' ? 'boolean' : number !== null ? 'numeric' : label !== '' ? 'categorical' : 'text',
    value: number,
    text: label,
    comment: (payloadOf(feedback.comment) ?? '').slice(0, 100_000),
    source: source.type === 'model' ? 'eval' : source.type === 'app' ? 'feedback' : 'api',
    authorId: keyId,
    environment: '',
    metadata: textsOf({
      correction: feedback.correction,
      ...(number !== null && typeof value !== 'string' && { value }),
      ...objectOf(source.metadata),
    }),
    at: microsecondsOf(feedback.created_at) ?? receivedAt,
    receivedAt,
  }
}
