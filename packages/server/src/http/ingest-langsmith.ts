import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { zstdDecompress } from 'node:zlib'
import { AppError, FRAME, type IngestHeader } from '@signalbox/schema'
import { permit } from '../governance/permit.ts'
import { isForm } from '../lib/form-parts.ts'
import { newSpanId } from '../lib/ids.ts'
import type { LangsmithBody } from '../tracing/ingest/langsmith/body.ts'
import { readBatch, readOne, writeBatch } from '../tracing/ingest/langsmith/read-batch.ts'
import { readMultipart } from '../tracing/ingest/langsmith/read-multipart.ts'
import { withoutContent } from '../tracing/ingest/langsmith/without-content.ts'
import { secretOf } from './credentials.ts'
import type { IngestRooms } from './ingest.ts'
import { readBody } from './read-body.ts'
import { sendJson } from './send.ts'
import { senderOf } from './sender.ts'

type Handle = (rooms: IngestRooms, request: IncomingMessage, response: ServerResponse) => Promise<void> | void
type Read = { format: IngestHeader['format']; contentType?: string; read(body: Buffer, request: IncomingMessage): LangsmithBody }

/** `GET /info`: what the client may send, and how. It asks before it has shown a key. */
export const langsmithInfo: Handle = (rooms, _, response) => {
  const info = {
    // What the client compares with the versions that its calls need; a lower one has it warn.
    version: '0.18.0',
    license_expiration_time: null,
    batch_ingest_config: {
      use_multipart_endpoint: true,
      size_limit: 100,
      size_limit_bytes: Math.min(20_971_520, rooms.directory().maxBodyBytes),
      scale_up_qsize_trigger: 1000,
      scale_up_nthreads_limit: 16,
      scale_down_nempty_trigger: 4,
    },
    instance_flags: {
      gzip_body_enabled: true,
      zstd_compression_enabled: typeof zstdDecompress === 'function',
      ch_query_enabled: true,
      sdb_query_enabled: false,
      dataset_examples_multipart_enabled: true,
      examples_multipart_enabled: true,
    },
  }
  sendJson(response, 200, info)
}

/** `POST /runs/multipart` and `POST /runs/batch`: the good runs are kept, and the others named. */
export const ingestRuns: Handle = (rooms, request, response) => {
  const contentType = request.headers['content-type']
  return isForm(contentType)
    ? ingest(rooms, request, response, {
        format: 'langsmith-multipart',
        contentType,
        read: (body) => readMultipart(body, contentType),
      })
    : ingest(rooms, request, response, { format: 'langsmith-batch', read: readBatch })
}

/** `POST /runs` */
export const ingestRun: Handle = (rooms, request, response) =>
  ingest(rooms, request, response, { format: 'langsmith-batch', read: (body) => readOne('post', body) })

/** `PATCH /runs/ID` */
export const updateRun: Handle = (rooms, request, response) =>
  ingest(rooms, request, response, { format: 'langsmith-batch', read: (body) => readOne('patch', body, lastOf(request)) })

/** `POST /feedback` */
export const ingestFeedback: Handle = (rooms, request, response) =>
  ingest(rooms, request, response, { format: 'langsmith-feedback', read: (body) => readOne('feedback', body) })

const lastOf = ({ url = '' }: IncomingMessage): string => /\/([^/?]+)\/?(?:\?|$)/.exec(url)?.[1] ?? ''

async function ingest(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse, { format, contentType, read }: Read) {
  const directory = rooms.directory()
  const caller = directory.authenticate(secretOf(request.headers, request.url))
  const body = await readBody(request, directory.maxBodyBytes)
  const sent = read(body, request)
  const { runs, feedback, bad } = sent
  if (runs.length > 0 || feedback.length === 0) permit(caller, 'traces:write')
  if (feedback.length > 0) permit(caller, 'scores:write')
  const placed = await placeUpdates(rooms, caller.projectId, sent)
  const accepted = runs.length + feedback.length
  if (accepted > 0) {
    const { projectId, keyId } = caller
    const keepsContent = caller.project.capture.content
    // As sent where all of it is taken: to write it anew would cost more than to look at it.
    const whole = keepsContent && bad.length === 0 && !placed && (format === 'langsmith-multipart' || isBatch(request))
    const header: IngestHeader = {
      v: 1,
      projectId,
      keyId,
      format: whole ? format : format === 'langsmith-feedback' ? format : 'langsmith-batch',
      receivedAt: Date.now() * 1000,
      ...(whole && contentType && { contentType }),
    }
    const written = whole ? body : writeBatch(keepsContent ? sent : withoutContent(sent))
    await rooms.journal.appendDurable({ kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify(header), body: [written] })
  }
  rooms.ingested({
    caller,
    ...senderOf(request),
    accepted,
    rejected: bad.map(({ reason, runId, sample }) => ({ reason, sample: sample ?? runId })),
  })
  if (bad.length > 0) return sendJson(response, 422, refusal(sent))
  if (format === 'langsmith-feedback') return sendJson(response, 200, { ...feedback[0], created_at: new Date().toISOString() })
  sendJson(response, 202, { message: `${accepted} taken` })
}

const MOST_PLACED = 20
const PATIENCE_MS = 2500

/** `updateRun` of a client may name a run and nothing else. Whether it is a root only the core can say, and of a new one only in a moment. */
async function placeUpdates({ traceOf }: IngestRooms, projectId: string, { runs }: LangsmithBody): Promise<boolean> {
  const known = new Map(runs.flatMap(({ ids, guessed }) => (guessed ? [] : [[ids.spanId, ids.traceId] as const])))
  let placed = false
  for (const message of runs.filter(({ guessed }) => guessed).slice(0, MOST_PLACED)) {
    const { spanId } = message.ids
    const traceId = known.get(spanId) ?? (traceOf && (await asked(() => traceOf(projectId, spanId))))
    if (traceId === undefined || traceId === spanId) continue
    message.ids = { ...message.ids, traceId }
    message.run = { ...message.run, trace_id: traceId }
    placed = true
  }
  return placed
}

async function asked(ask: () => Promise<string | undefined>): Promise<string | undefined> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(300)) {
    const answer = await ask().catch((cause: unknown) => {
      throw new AppError('core-unavailable', 'Whose part this run is cannot be told while the core does not answer.', {
        cause,
        hint: 'Send it again, or send `trace_id` with it.',
      })
    })
    if (answer !== undefined || Date.now() > deadline) return answer
  }
}

const isBatch = ({ url = '' }: IncomingMessage): boolean => /\/runs\/batch\/?(?:\?|$)/.test(url)

const MOST_NAMED = 100

/** What was not taken, run by run, and that the rest was. */
function refusal({ runs, feedback, bad }: LangsmithBody) {
  const [first] = bad
  const kept = runs.length + feedback.length
  const message = `${first?.runId ? `${first.runId}: ` : ''}${first?.reason}${bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''}${kept > 0 ? ` The other ${kept} were kept.` : ''}`
  return { error: message, detail: message, errors: bad.slice(0, MOST_NAMED).map(({ runId, reason }) => ({ run_id: runId, reason })) }
}
