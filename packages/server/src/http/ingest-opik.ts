import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, FRAME, type IngestHeader } from '@signalbox/schema'
import { permit } from '../governance/permit.ts'
import { newSpanId } from '../lib/ids.ts'
import type { Json } from '../tracing/ingest/json-values.ts'
import { type BadItem, checkOpik, type OpikList, parsedOpik } from '../tracing/ingest/opik/body.ts'
import { withoutContent } from '../tracing/ingest/opik/without-content.ts'
import type { Rejection } from '../tracing/inspector/ingested.ts'
import { secretOf } from './credentials.ts'
import type { IngestRooms } from './ingest.ts'
import { readBody } from './read-body.ts'
import { sendJson } from './send.ts'
import { senderOf } from './sender.ts'

type Endpoint = {
  method: 'POST' | 'PATCH' | 'PUT'
  /** Below `/opik/api/v1/private`. */
  path: RegExp
  /** What the body holds, in words of the journal. `id`: of the path. */
  read(sent: Json, id: string): Partial<Record<OpikList, unknown>>
  status: number
}

const updates = (sent: Json): unknown => {
  const { ids, update } = sent
  if (!Array.isArray(ids)) throw new AppError('invalid-request', '`ids` must be a list.')
  return ids.map((id) => ({ ...(update as Json | undefined), id }))
}

const ENDPOINTS: readonly Endpoint[] = [
  { method: 'POST', path: /^\/traces\/batch$/, read: ({ traces }) => ({ traces: traces ?? [] }), status: 204 },
  { method: 'POST', path: /^\/spans\/batch$/, read: ({ spans }) => ({ spans: spans ?? [] }), status: 204 },
  { method: 'POST', path: /^\/traces$/, read: (sent) => ({ traces: [sent] }), status: 201 },
  { method: 'POST', path: /^\/spans$/, read: (sent) => ({ spans: [sent] }), status: 201 },
  { method: 'PATCH', path: /^\/traces\/batch$/, read: (sent) => ({ trace_updates: updates(sent) }), status: 204 },
  { method: 'PATCH', path: /^\/spans\/batch$/, read: (sent) => ({ span_updates: updates(sent) }), status: 204 },
  { method: 'PATCH', path: /^\/traces\/([^/]+)$/, read: (sent, id) => ({ trace_updates: [{ ...sent, id }] }), status: 204 },
  { method: 'PATCH', path: /^\/spans\/([^/]+)$/, read: (sent, id) => ({ span_updates: [{ ...sent, id }] }), status: 204 },
  { method: 'PUT', path: /^\/traces\/feedback-scores$/, read: ({ scores }) => ({ trace_scores: scores ?? [] }), status: 204 },
  { method: 'PUT', path: /^\/spans\/feedback-scores$/, read: ({ scores }) => ({ span_scores: scores ?? [] }), status: 204 },
  { method: 'PUT', path: /^\/traces\/threads\/feedback-scores$/, read: ({ scores }) => ({ thread_scores: scores ?? [] }), status: 204 },
  { method: 'PUT', path: /^\/traces\/([^/]+)\/feedback-scores$/, read: (sent, id) => ({ trace_scores: [{ ...sent, id }] }), status: 204 },
  { method: 'PUT', path: /^\/spans\/([^/]+)\/feedback-scores$/, read: (sent, id) => ({ span_scores: [{ ...sent, id }] }), status: 204 },
]

const PREFIX = '/opik/api/v1/private'

function endpointOf({ url = '', method }: IncomingMessage): { endpoint: Endpoint; id: string; path: string } | undefined {
  const path = url.split('?', 1)[0] ?? ''
  const rest = path.startsWith(PREFIX) ? path.slice(PREFIX.length).replace(/\/$/, '') : ''
  const endpoint = ENDPOINTS.find((candidate) => candidate.method === method && candidate.path.test(rest))
  return endpoint && { endpoint, id: endpoint.path.exec(rest)?.[1] ?? '', path }
}

/** What else there is below this prefix the core answers. */
export const isOpikIngest = (request: IncomingMessage): boolean => endpointOf(request) !== undefined

/** Traces, spans, their updates and scores: the good ones are in the journal before the answer, and the others are named. */
export async function ingestOpik(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = endpointOf(request)
  if (!found) throw new AppError('not-found', 'This path does not exist here.')
  const { endpoint, id, path } = found
  const directory = rooms.directory()
  const caller = directory.authenticate(secretOf(request.headers, request.url))
  const read = endpoint.read(parsedOpik(await readBody(request, directory.maxBodyBytes)), id)
  const { body, accepted, bad } = checkOpik(read)
  permit(caller, Object.keys(read).every((list) => list.endsWith('_scores')) ? 'scores:write' : 'traces:write')
  if (accepted > 0) {
    const { projectId, keyId } = caller
    const header: IngestHeader = { v: 1, projectId, keyId, format: 'opik', receivedAt: Date.now() * 1000 }
    const written = Buffer.from(JSON.stringify(caller.project.capture.content ? body : withoutContent(body)))
    await rooms.journal.appendDurable({ kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify(header), body: [written] })
  }
  rooms.ingested({
    caller,
    ...senderOf(request),
    accepted,
    rejected: bad.map(({ reason, sample, list }) => ({ reason, sample, ...againOf(list, sample) })),
  })
  if (bad.length > 0) return sendJson(response, 422, { errors: named(bad, accepted) })
  const created = endpoint.status === 201 ? (body.traces ?? body.spans)?.[0]?.id : undefined
  response.writeHead(endpoint.status, created === undefined ? {} : { location: `${path.replace(/\/$/, '')}/${created}` })
  response.end()
}

/** The item alone in a batch: the others of its batch were taken. A sample that was cut is no JSON. */
function againOf(list: OpikList, sample: string): Pick<Rejection, 'again'> {
  if (list !== 'traces' && list !== 'spans') return {}
  try {
    const body = JSON.stringify({ [list]: [JSON.parse(sample)] })
    return { again: { method: 'POST', path: `${PREFIX}/${list}/batch`, contentType: 'application/json', body } }
  } catch {
    return {}
  }
}

const MOST_NAMED = 100

const named = (bad: readonly BadItem[], accepted: number): string[] => [
  ...bad.slice(0, MOST_NAMED).map(({ list, index, id, reason }) => `${list}[${index}]${id === '' ? '' : ` (${id})`}: ${reason}`),
  ...(accepted > 0 ? [`The other ${accepted} were kept.`] : []),
]
