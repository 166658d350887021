import { AppError, type Caller } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { readRepricings, toRepricing } from './repricing-rows.ts'
import type { Repricings } from './repricings.ts'

/** Jobs that price stored spans again. Of the caller's project only. */
export function repricingHandlers({ repricings, sql }: { repricings: Repricings; sql: Sql }): HandlersOf<'repricings'> {
  return {
    'repricings.create': (wanted, { caller }) => repricings.create(caller.projectId, wanted, nameOf(caller)),
    'repricings.get': ({ id }, { caller }) => repricings.get(caller.projectId, id),
    'repricings.cancel': ({ id }, { caller }) => repricings.cancel(caller.projectId, id),
    'repricings.list': async ({ limit, cursor }, { caller }) => {
      const [ms = '', id = ''] = cursor?.split('~') ?? []
      const before = cursor ? new Date(Number(ms)) : new Date('9999-01-01')
      if (Number.isNaN(before.getTime())) throw new AppError('invalid-request', 'The cursor is not one of ours.')
      const rows = await readRepricings(
        sql,
        `project_id = $1 and (date_trunc('milliseconds', requested_at), id) < ($2::timestamptz, $3)
         order by date_trunc('milliseconds', requested_at) desc, id desc limit $4`,
        [caller.projectId, before, id, limit],
      )
      const last = rows.length === limit ? rows.at(-1) : undefined
      return { repricings: rows.map(toRepricing), ...(last && { nextCursor: `${last.requested_at.getTime()}~${last.id}` }) }
    },
  }
}

const nameOf = ({ userId, keyId }: Caller): string => userId ?? keyId ?? ''
