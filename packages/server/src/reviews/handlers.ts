import type { Caller } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import { contentReader } from './content.ts'
import { createScoreWriter, type DatasetWriter, datasetRowsOf } from './gold.ts'
import { itemHandlers } from './items.ts'
import { judgeHandlers } from './judges.ts'
import { queueHandlers } from './queues.ts'
import { getQueue } from './rows.ts'
import { showHandlers } from './show.ts'
import type { ReviewSurroundings } from './surroundings.ts'
import { workHandlers } from './work.ts'

type Rooms = ReviewSurroundings & {
  sql: Sql
  writeDataset(caller: Caller): DatasetWriter
  warn(details: object, what: string): void
}

/** Review by people: queues, what is asked in them, who answers what, and what it comes to. */
export function createReviews({ now = () => new Date(), ...surroundings }: Rooms) {
  const rooms = { ...surroundings, now }
  const { sql } = rooms
  const scores = createScoreWriter(rooms)
  const contentOf = contentReader(rooms)
  const around = { sql, now, contentOf, decided: () => void scores.kick() }
  const handlers: HandlersOf<'reviews'> = {
    ...queueHandlers(rooms),
    ...itemHandlers(rooms),
    ...workHandlers(around),
    ...showHandlers(around),
    ...judgeHandlers(rooms),
    'reviews.toDataset': async ({ queueId, ...wanted }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const { rows, missing } = await datasetRowsOf({ sql, contentOf, queue, wanted })
      return { ...(await rooms.writeDataset(caller)({ name: wanted.dataset, items: rows })), missing }
    },
  }
  return { handlers, writeScores: () => scores.kick() }
}
