import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, allows, FRAME, type IngestHeader } from '@signalbox/schema'
import { newSpanId } from '../lib/ids.ts'
import type { JournaledBatch } from '../tracing/ingest/langfuse/decode.ts'
import { readEvent } from '../tracing/ingest/langfuse/events.ts'
import { withoutContent } from '../tracing/ingest/langfuse/without-content.ts'
import type { Rejection } from '../tracing/inspector/ingested.ts'
import type { IngestRooms } from './ingest.ts'
import { readBody } from './read-body.ts'
import { type ScoreCaller, scoreCaller } from './score-caller.ts'
import { sendJson } from './send.ts'
import { senderOf } from './sender.ts'

type Refusal = { id: string; status: number; message: string; error: string }
/** An answer names each event, so there cannot be any number of them. */
const MOST_EVENTS = 10_000
/** Of a page, which has little to say. */
const MOST_PUBLIC_BYTES = 1 << 20

type Checked = { good: unknown[]; successes: { id: string; status: 201 }[]; refused: Refusal[]; rejections: Rejection[]; whole: boolean }

/**
 * `POST /api/public/ingestion` of Langfuse's older protocol: each event is looked at alone, the good ones are in the journal before the
 * answer. The same batch again gives the same bytes, which is how one that a client sends again is known.
 */
export async function ingestLangfuse(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const caller = scoreCaller(rooms, request, response)
  const body = await readBody(request, caller.isPublic ? MOST_PUBLIC_BYTES : rooms.directory().maxBodyBytes)
  const batch = batchOf(body)
  const checked = checkEvents(batch, caller)
  if (checked.good.length > 0) await write(rooms, caller, { body, checked })
  rooms.ingested({ caller, ...senderOf(request), accepted: checked.successes.length, rejected: checked.rejections })
  sendJson(response, 207, { successes: checked.successes, errors: checked.refused })
}

/** `POST /api/public/scores`: one score, or a list of them, without envelopes. */
export async function ingestLangfuseScores(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const caller = scoreCaller(rooms, request, response)
  const sent = parsed(await readBody(request, caller.isPublic ? MOST_PUBLIC_BYTES : rooms.directory().maxBodyBytes))
  if (typeof sent !== 'object' || sent === null)
    throw new AppError('invalid-request', 'The body must be a JSON object, a score, or a list of them.')
  const list = Array.isArray(sent) ? limited(sent) : [sent]
  const now = new Date().toISOString()
  const checked = checkEvents(
    list.map((score) => enveloped(score, now)),
    caller,
  )
  if (checked.good.length > 0) await write(rooms, caller, { body: Buffer.alloc(0), checked: { ...checked, whole: false } })
  rooms.ingested({ caller, ...senderOf(request), accepted: checked.successes.length, rejected: checked.rejections })
  const { successes, refused } = checked
  if (Array.isArray(sent)) {
    const errors = refused.map(({ id, error }) => ({ message: `${id}: ${error}` }))
    const [status, body] =
      errors.length === 0 ? [202, { message: 'Accepted' }] : [207, { accepted: successes.length, rejected: errors.length, errors }]
    return sendJson(response, status, body)
  }
  if (refused[0]) throw new AppError(refused[0].status === 403 ? 'permission-denied' : 'invalid-request', refused[0].error)
  sendJson(response, 200, { id: successes[0]?.id })
}

/** A score as the event that carries one in a batch. It may say when it was judged. */
function enveloped(score: unknown, now: string): unknown {
  const said = (typeof score === 'object' && score !== null ? score : {}) as { id?: unknown; timestamp?: unknown }
  const id = typeof said.id === 'string' && said.id !== '' ? said.id : newSpanId()
  return { id, type: 'score-create', timestamp: said.timestamp ?? now, body: typeof score === 'object' ? { ...score, id } : score }
}

function batchOf(body: Buffer): unknown[] {
  const sent = parsed(body)
  const batch = typeof sent === 'object' && sent !== null && 'batch' in sent ? sent.batch : undefined
  if (!Array.isArray(batch)) throw new AppError('invalid-request', 'The body must be {"batch":[…]}: `batch` is no list.')
  return limited(batch)
}

function limited(list: unknown[]): unknown[] {
  if (list.length > MOST_EVENTS) throw new AppError('payload-too-large', `A batch has at most ${MOST_EVENTS} events, not ${list.length}.`)
  return list
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('invalid-json', 'The body is not JSON.', { cause })
  }
}

/** Which events of a batch are good, in the words of the protocol. */
function checkEvents(batch: readonly unknown[], caller: ScoreCaller): Checked {
  const keepsContent = caller.project.capture.content
  const may = { spans: allows(caller.permissions, 'traces:write'), scores: allows(caller.permissions, 'scores:write') }
  const checked: Checked = { good: [], successes: [], refused: [], rejections: [], whole: keepsContent && !caller.isPublic }
  for (const sent of batch) {
    const read = readEvent(sent)
    const id = idOf(sent)
    const refuse = (status: number, error: string) => {
      checked.whole = false
      checked.refused.push({ id, status, message: status === 400 ? 'Invalid request data' : 'Forbidden', error })
      const known = checked.rejections.find(({ reason }) => reason === error)
      if (known) known.count = (known.count ?? 1) + 1
      else checked.rejections.push({ reason: error, sample: sampleOf(sent), ...againOf(sent) })
    }
    if ('wrong' in read) {
      refuse(400, read.wrong.join('; '))
      continue
    }
    const isScore = read.event.type === 'score-create'
    if (isScore ? !may.scores : !may.spans) {
      refuse(403, caller.isPublic ? 'A public key may only send scores.' : `This key lacks ${isScore ? 'scores' : 'traces'}:write.`)
      continue
    }
    checked.good.push(keepsContent ? sent : withoutContent(read.event))
    checked.successes.push({ id, status: 201 })
  }
  return checked
}

async function write({ journal }: IngestRooms, caller: ScoreCaller, { body, checked }: { body: Buffer; checked: Checked }): Promise<void> {
  const { projectId, keyId } = caller
  const header: IngestHeader = { v: 1, projectId, keyId, format: 'langfuse', receivedAt: Date.now() * 1000 }
  const kept: JournaledBatch = { batch: checked.good, ...(caller.isPublic && { publicKey: true }) }
  const written = checked.whole ? body : Buffer.from(JSON.stringify(kept))
  await journal.appendDurable({ kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify(header), body: [written] })
}

const LONGEST_SAMPLE = 20_000

/** An event that was refused, as text; what cannot be written again is named. */
function sampleOf(sent: unknown): string {
  try {
    return (JSON.stringify(sent) ?? '').slice(0, LONGEST_SAMPLE)
  } catch {
    return 'An event that is nested too deeply to be shown.'
  }
}

/** The event alone in a batch: the others of its batch were taken. */
function againOf(sent: unknown): Pick<Rejection, 'again'> {
  try {
    const body = JSON.stringify({ batch: [sent] })
    return { again: { method: 'POST', path: '/api/public/ingestion', contentType: 'application/json', body } }
  } catch {
    return {}
  }
}

const idOf = (sent: unknown): string =>
  typeof sent === 'object' && sent !== null && 'id' in sent && typeof sent.id === 'string' ? sent.id : 'unknown'
