import type { ScoreRow } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { readableText } from '../ingest/otlp/preview-text.ts'
import { preview } from '../preview.ts'
import { parameters } from '../queries/parameters.ts'
import { tracesById } from '../queries/traces-by-id.ts'
import { implicitRow } from './implicit-row.ts'
import { distanceOf } from './likeness.ts'

/** An edit that came before its trace is looked at again for so long. */
const MOST_BACK_MS = 3_600_000
const AT_ONCE = 100

type Edited = { id: string; traceId: string; spanId: string; text: string; atMicros: number; version: string }

/** Answers that somebody changed (`edited`) and whose distance from the answer is not known yet, or is of an earlier edit. */
export async function editsWithoutDistance(events: Events, projectId: string, now: number): Promise<ScoreRow[]> {
  const { bind, values } = parameters()
  const [project, since] = [bind('String', projectId), bind('Int64', (now - MOST_BACK_MS) * 1000)]
  const edits = await events.query<Edited>(
    `SELECT id, traceId, spanId, text, toUnixTimestamp64Micro(at) AS atMicros, toString(toUnixTimestamp64Micro(receivedAt)) AS version
FROM scores FINAL
WHERE projectId = ${project} AND name = 'edited' AND type = 'text' AND traceId != '' AND receivedAt >= fromUnixTimestamp64Micro(${since})
  AND (concat('implicit:distance:', id), toString(toUnixTimestamp64Micro(receivedAt))) NOT IN (
    SELECT id, metadata['of'] FROM scores FINAL WHERE projectId = ${project} AND name = 'editDistance')
ORDER BY receivedAt DESC LIMIT ${AT_ONCE}`,
    values,
  )
  const rows: ScoreRow[] = []
  for (const edit of edits) {
    const answer = await answerOf(events, projectId, edit)
    if (answer) rows.push(distanceRow(projectId, edit, answer))
  }
  return rows
}

const distanceRow = (projectId: string, { id, traceId, spanId, text, atMicros, version }: Edited, { answer, whole }: Answer): ScoreRow =>
  implicitRow({
    projectId,
    id: `implicit:distance:${id}`,
    traceId,
    spanId,
    at: atMicros,
    name: 'editDistance',
    type: 'numeric',
    value: distanceOf(whole ? answer : preview(answer), whole ? text.trim() : preview(text)),
    metadata: { of: version, compared: whole ? 'whole' : 'beginning' },
  })

type Answer = { answer: string; whole: boolean }

/** What was answered, as the person read it. Where the text cannot be taken out of what is stored, its begin as the lists show it. */
async function answerOf(events: Events, projectId: string, { traceId, spanId }: Edited): Promise<Answer | undefined> {
  const known = (await tracesById(events, projectId, { traceIds: [traceId] })).get(traceId)
  const answering = spanId || known?.entry?.spanId
  if (!known || !answering) return undefined
  const { bind, values } = parameters()
  const [row] = await events.query<{ output: string; outputPreview: string }>(
    `SELECT output, outputPreview FROM payloads AS p INNER JOIN (
  SELECT traceId, spanId, outputPreview FROM spans WHERE projectId = ${bind('String', projectId)} AND traceId = ${bind('String', traceId)}
) AS s ON p.traceId = s.traceId AND p.spanId = s.spanId
WHERE p.projectId = ${bind('String', projectId)} AND p.traceId = ${bind('String', traceId)} AND p.spanId = ${bind('String', answering)} LIMIT 1`,
    values,
  )
  const shown = row?.outputPreview || known.trace.outputPreview
  if (shown === '') return undefined
  const text = row ? readableText(row.output).trim() : ''
  return preview(text) === shown ? { answer: text, whole: true } : { answer: shown, whole: false }
}
