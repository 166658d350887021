import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, FRAME, type IngestHeader, NewScore } from '@signalbox/schema'
import { permit } from '../governance/permit.ts'
import { newSpanId } from '../lib/ids.ts'
import { storedScore, toScore, toScoreRow } from '../tracing/scores/score-row.ts'
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
export async function ingestScore(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const caller = scoreCaller(rooms, request, response)
  permit(caller, 'scores:write')
  const body = await readBody(request, MAX_BODY)
  const sender = senderOf(request)
  const { projectId, keyId } = caller
  try {
    const given = parseInput(NewScore, parseJson(body))
    const receivedAt = Date.now() * 1000
    const row = toScoreRow(given, { projectId, authorId: keyId, receivedAt, source: caller.isPublic ? 'feedback' : 'api' })
    const header: IngestHeader = { v: 1, projectId, keyId, format: 'scores', receivedAt }
    const written = Buffer.from(JSON.stringify([row]))
    await rooms.journal.appendDurable({ kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify(header), body: [written] })
    rooms.ingested({ caller, ...sender, accepted: 1, rejected: [] })
    sendJson(response, 200, toScore(storedScore(row)))
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
