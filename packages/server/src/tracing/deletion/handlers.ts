import { AppError, type Caller, type NewDeletion } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { traceIdOf } from '../../lib/ids.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { toMicros } from '../queries/time.ts'
import { readDeletions, toDeletion } from './deletion-rows.ts'
import type { Deletions } from './deletions.ts'
import { previewSpans, type Subject } from './find-spans.ts'

/** Requests to delete, and their receipts. */
export function deletionHandlers({ deletions, sql, events }: { deletions: Deletions; sql: Sql; events: Events }): HandlersOf<'deletions'> {
  return {
    'deletions.trace': ({ traceId }, { caller }) => deletions.requestTrace(caller.projectId, traceId, nameOf(caller)),
    'deletions.create': (wanted, { caller }) => deletions.request(caller.projectId, subjectOf(caller.projectId, wanted), nameOf(caller)),
    'deletions.preview': (wanted, { caller }) => previewSpans(events, caller.projectId, subjectOf(caller.projectId, wanted)),
    'deletions.list': async ({ limit, cursor }, { caller }) => {
      const [us = Number.MAX_SAFE_INTEGER, id = ''] = cursor?.split('~') ?? []
      if (!Number.isSafeInteger(Number(us))) throw new AppError('invalid-request', 'The cursor is not one of ours.')
      const rows = await readDeletions(
        sql,
        'project_id = $1 and (requested_us, id) < ($2::bigint, $3) order by requested_us desc, id desc limit $4',
        [caller.projectId, Number(us), id, limit],
      )
      const last = rows.length === limit ? rows.at(-1) : undefined
      return { deletions: rows.map(toDeletion), ...(last && { nextCursor: `${last.requested_us}~${last.id}` }) }
    },
    'deletions.get': async ({ id }, { caller }) => {
      const [row] = await readDeletions(sql, 'id = $1 and project_id = $2', [id, caller.projectId])
      if (!row) throw new AppError('not-found', `There is no deletion ${id} in this project.`)
      return toDeletion(row)
    },
  }
}

const nameOf = ({ userId, keyId }: Caller): string => userId ?? keyId ?? ''

function subjectOf(projectId: string, { traceId, userId, sessionId, keyId, from, to }: NewDeletion): Subject {
  if (traceId !== undefined) return { subject: 'trace', value: traceIdOf(projectId, traceId) }
  if (userId !== undefined) return { subject: 'user', value: userId }
  if (sessionId !== undefined) return { subject: 'session', value: sessionId }
  if (keyId !== undefined) return { subject: 'key', value: keyId }
  return { subject: 'time', fromUs: toMicros(from ?? ''), toUs: toMicros(to ?? '') }
}
