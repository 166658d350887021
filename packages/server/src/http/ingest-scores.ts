import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, FRAME, type IngestHeader, NewFeedback, NewScore, type Score, type ScoreRow, scoresOfFeedback } from '@signalbox/schema'
import { permit } from '../governance/permit.ts'
import { newId, newSpanId } from '../lib/ids.ts'
import { type ScoreContext, storedScore, toScore, toScoreRow } from '../tracing/scores/score-row.ts'
import { secretOf } from './credentials.ts'
import type { IngestRooms } from './ingest.ts'
import { parseInput } from './parse-input.ts'
import { readBody } from './read-body.ts'
import { scoreCaller } from './score-caller.ts'
import { sendJson } from './send.ts'
import { senderOf } from './sender.ts'

const MAX_BODY = 1 << 20

/** Of people who are logged in the core takes the scores: the edge knows no sessions. */
export const comesWithKey = ({ headers, url }: IncomingMessage): boolean => secretOf(headers, url) !== undefined

/** `POST /api/v1/scores` with a key: acknowledged when it is in the journal, so also while the core is down. */
export const ingestScore: Handle = (rooms, request, response) =>
  takeScores({ rooms, request, response }, (body, context) => {
    const rows = [toScoreRow(parseInput(NewScore, body), context)]
    return { rows, answer: ([score]) => score }
  })

/** `POST /api/v1/feedback` likewise: one request, and a score for each thing that it says. */
export const ingestFeedbackScores: Handle = (rooms, request, response) =>
  takeScores({ rooms, request, response }, (body, context) => {
    const given = parseInput(NewFeedback, body)
    const id = given.id ?? newId('feedback')
    const rows = scoresOfFeedback(given, id).map((score) => toScoreRow(score, { ...context, source: 'feedback' }))
    return { rows, answer: (scores) => ({ id, scores }) }
  })

type Handle = (rooms: IngestRooms, request: IncomingMessage, response: ServerResponse) => Promise<void>
type Exchange = { rooms: IngestRooms; request: IncomingMessage; response: ServerResponse }
type Read = (body: unknown, context: ScoreContext) => { rows: ScoreRow[]; answer(scores: Score[]): unknown }

async function takeScores({ rooms, request, response }: Exchange, read: Read): Promise<void> {
  const caller = scoreCaller(rooms, request, response)
  permit(caller, 'scores:write')
  const body = await readBody(request, MAX_BODY)
  const sender = senderOf(request)
  const { projectId, keyId } = caller
  try {
    const receivedAt = Date.now() * 1000
    const source = caller.isPublic ? 'feedback' : 'api'
    const { rows, answer } = read(parseJson(body), { projectId, authorId: keyId, receivedAt, source })
    const header: IngestHeader = { v: 1, projectId, keyId, format: 'scores', receivedAt }
    const written = Buffer.from(JSON.stringify(rows))
    await rooms.journal.appendDurable({ kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify(header), body: [written] })
    rooms.ingested({ caller, ...sender, accepted: rows.length, rejected: [] })
    sendJson(response, 200, answer(rows.map((row) => toScore(storedScore(row)))))
  } catch (error) {
    if (error instanceof AppError && error.status === 400)
      rooms.ingested({ caller, ...sender, accepted: 0, rejected: [{ reason: error.message, sample: body }] })
    throw error
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('invalid-json', 'The body is not JSON.', { cause })
  }
}
