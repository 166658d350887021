import { AppError, type Caller } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { traceIdOf } from '../../lib/ids.ts'
import type { Sql } from '../../store/ports.ts'
import { toMicros } from '../queries/time.ts'
import { readDeletions, toDeletion } from './deletion-rows.ts'
import type { Deletions } from './deletions.ts'

/** Requests to delete, and their receipts. */
export function deletionHandlers({ deletions, sql }: { deletions: Deletions; sql: Sql }): HandlersOf<'deletions'> {
  return {
    'deletions.trace': ({ traceId }, { caller }) => deletions.requestTrace(caller.projectId, traceId, nameOf(caller)),
    'deletions.create': async ({ traceId, userId, sessionId, keyId, from, to }, { caller }) => {
      const { projectId } = caller
      const by = nameOf(caller)
      if (traceId !== undefined) return deletions.request(projectId, { subject: 'trace', value: traceIdOf(projectId, traceId) }, by)
      if (userId !== undefined) return deletions.request(projectId, { subject: 'user', value: userId }, by)
      if (sessionId !== undefined) return deletions.request(projectId, { subject: 'session', value: sessionId }, by)
      if (keyId !== undefined) return deletions.request(projectId, { subject: 'key', value: keyId }, by)
      return deletions.request(projectId, { subject: 'time', fromUs: toMicros(from ?? ''), toUs: toMicros(to ?? '') }, by)
    },
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
