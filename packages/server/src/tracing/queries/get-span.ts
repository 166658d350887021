import { AppError, type Parsed, type SpanDetail } from '@signalbox/schema'
import { traceIdOf } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { resolveTexts } from '../repeated-text.ts'
import type { RunningCalls } from '../running-calls.ts'
import { parameters } from './parameters.ts'
import { SPAN_COLUMNS, type StoredSpan, toSpan } from './span-columns.ts'

type Rooms = { events: Events; running: Pick<RunningCalls, 'ofTrace'> }

/** One span with its payload: input, output and attributes as JSON where they were JSON, else as text; null where there was nothing. */
export async function getSpan(
  { events, running }: Rooms,
  projectId: string,
  { spanId, traceId }: Parsed<'spans.get'>,
): Promise<SpanDetail> {
  const { bind, values } = parameters()
  const id = traceIdOf(projectId, traceId)
  const where = `projectId = ${bind('String', projectId)} AND traceId = ${bind('String', id)} AND spanId = ${bind('String', spanId)}`
  const [[span], [payload]] = await Promise.all([
    events.query<StoredSpan>(`SELECT ${SPAN_COLUMNS} FROM spans WHERE ${where} ORDER BY receivedAt DESC LIMIT 1`, values),
    events.query<Record<'input' | 'output' | 'attributes', string>>(
      `SELECT input, output, attributes FROM payloads FINAL WHERE ${where} ORDER BY startedAt DESC LIMIT 1`,
      values,
    ),
  ])
  const underWay = span ?? running.ofTrace(projectId, id).find((row) => row.spanId === spanId)
  if (!underWay)
    throw new AppError('not-found', `There is no span "${spanId}" in trace "${traceId}" of this project.`, {
      hint: 'Check both ids and the project. A span is readable about a second after it ended.',
    })
  return { ...toSpan(underWay), ...readPayload(payload) }
}

type Payload = Pick<SpanDetail, 'input' | 'output' | 'attributes'>

/** A stored payload as the API answers it. */
export const readPayload = (payload: Record<keyof Payload, string> | undefined): Payload => ({
  input: read(payload?.input),
  output: read(payload?.output),
  attributes: read(payload && resolveTexts(payload.attributes, payload)),
})

function read(text: string | undefined): SpanDetail['input'] {
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
