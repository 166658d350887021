import { AppError } from '@signalbox/schema'
import type { Handlers } from '../../lib/handlers.ts'
import type { Events } from '../../store/ports.ts'
import { SECONDS } from '../queries/run-query.ts'
import { movers } from './movers.ts'
import { overview } from './overview.ts'

/** What the first page shows of the calls of a project. The project is the caller's, never the request's. */
export const overviewHandlers = ({ events }: { events: Events }): Pick<Handlers, 'overview.get' | 'overview.movers'> => ({
  'overview.get': async (period, { caller }) => {
    assertPeriod(period)
    const buckets = (Date.parse(period.to) - Date.parse(period.from)) / 1000 / SECONDS[period.bucket]
    if (buckets > MOST_BUCKETS)
      throw new AppError('invalid-request', `The period has more than ${MOST_BUCKETS} buckets of this size.`, {
        hint: 'Ask for larger buckets, or for a shorter time.',
      })
    return overview(events, caller.projectId, period)
  },
  'overview.movers': async (period, { caller }) => {
    assertPeriod(period)
    return movers(events, caller.projectId, period)
  },
})

/** More than any screen has columns for. */
const MOST_BUCKETS = 500

function assertPeriod({ from, to }: { from: string; to: string }): void {
  if (Date.parse(from) >= Date.parse(to)) throw new AppError('invalid-request', '`to` must be later than `from`.')
}
