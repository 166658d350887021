import type { PromptEvent } from '@signalbox/schema'
import { pickExamples, stampsOfDatasets } from '../datasets/examples.ts'
import { type Live, newsOfPrompts } from '../lib/live.ts'
import type { Log } from '../lib/log.ts'
import type { Markers } from '../monitoring/markers/markers.ts'
import { createPromptDrift } from '../prompts/drift/prompt-drift.ts'
import { promptHandlers } from '../prompts/handlers.ts'
import { createOthersNews } from '../prompts/others-news.ts'
import { createPrompts } from '../prompts/prompts.ts'
import { createPromptWebhooks } from '../prompts/webhooks/index.ts'
import type { Events, Sql, SqlSession } from '../store/ports.ts'
import type { ClockWork } from './clock-work.ts'
import { markPrompts } from './mark-prompts.ts'
import { type PromptSurroundings, promptSurroundings } from './prompt-surroundings.ts'

type Rooms = {
  sql: Sql
  events: Events
  masterKey: string
  allowPrivate: boolean
  markers: Pick<Markers, 'note'>
  live: Pick<Live, 'publish'>
  log: Log
  /** No other core writes to this database. */
  alone: boolean
  /** Throws where a label may not point to where it was moved: then nothing of it happened. */
  assertMoves(session: SqlSession, projectId: string, moves: readonly PromptEvent[]): Promise<void>
  /** Prompts that edges know have changed. */
  changed(): unknown
}

/** A promotion counts at every edge within a second, whichever core was asked for it. */
const OTHERS_MS = 300
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Prompts, who is told of their moves, and what is used beside them. */
export function createPromptRooms({ sql, events, masterKey, allowPrivate, markers, live, log, alone, assertMoves, changed }: Rooms) {
  const tell = (projectId: string, moves: Parameters<typeof newsOfPrompts>[1]) => {
    for (const news of newsOfPrompts(projectId, moves)) live.publish(news)
  }
  const warn = (details: object, what: string) => log.warn(details, what)
  const webhooks = createPromptWebhooks({ sql, masterKey, allowPrivate, warn })
  const examples = { pick: pickExamples, stamps: stampsOfDatasets }
  const prompts = createPrompts({
    sql,
    changed,
    examples,
    async alongside(session, projectId, moves) {
      await assertMoves(session, projectId, moves)
      await webhooks.enqueue(session, projectId, moves)
    },
    announce(projectId, moves, { caller, revision }) {
      others?.wrote(projectId, revision)
      markPrompts(moves, { caller, markers, log })
      tell(projectId, moves)
      void webhooks.kick()
    },
    warn,
  })
  const others = alone ? undefined : createOthersNews({ sql, tell, changed })
  const drift = createPromptDrift({ sql, events })
  return {
    prompts,
    handlers: (around: Omit<PromptSurroundings, 'events'>) => ({
      ...promptHandlers(prompts, { sql, examples, ...promptSurroundings({ events, ...around }) }),
      ...drift.handlers,
      ...webhooks.handlers,
    }),
    start(clock: ClockWork): void {
      void webhooks.resume({ alone }).catch((err: unknown) => log.warn({ err }, 'deliveries that were under way could not be looked for'))
      if (others) clock.every(OTHERS_MS, others.look, 'what other cores did to prompts could not be read')
      // A dataset can be written to in many ways; what its rows are is looked at where prompts show them.
      clock.every(2000, prompts.followExamples, 'examples of datasets could not be looked at')
      clock.every(10_000, webhooks.kick, 'webhooks of prompts could not be delivered')
      clock.every(MINUTE, () => drift.look(Date.now()), 'calls could not be compared with prompts')
      clock.every(HOUR, webhooks.forget, 'old deliveries of webhooks could not be forgotten')
    },
    stop: () => webhooks.stop(),
  }
}
