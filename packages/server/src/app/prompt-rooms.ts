import { type Live, newsOfPrompts } from '../lib/live.ts'
import type { Log } from '../lib/log.ts'
import type { Markers } from '../monitoring/markers/markers.ts'
import { createPromptDrift } from '../prompts/drift/prompt-drift.ts'
import { promptHandlers } from '../prompts/handlers.ts'
import { createPrompts } from '../prompts/prompts.ts'
import { createPromptWebhooks } from '../prompts/webhooks/index.ts'
import type { Events, Sql } from '../store/ports.ts'
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
  /** Prompts that edges know have changed. */
  changed(): unknown
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Prompts, who is told of their moves, and what is used beside them. */
export function createPromptRooms({ sql, events, masterKey, allowPrivate, markers, live, log, changed }: Rooms) {
  const warn = (details: object, what: string) => log.warn(details, what)
  const webhooks = createPromptWebhooks({ sql, masterKey, allowPrivate, warn })
  const prompts = createPrompts({
    sql,
    changed,
    alongside: webhooks.enqueue,
    announce(projectId, moves, caller) {
      markPrompts(moves, { caller, markers, log })
      for (const news of newsOfPrompts(projectId, moves)) live.publish(news)
      void webhooks.kick()
    },
    warn,
  })
  const drift = createPromptDrift({ sql, events })
  return {
    prompts,
    handlers: (around: Omit<PromptSurroundings, 'events'>) => ({
      ...promptHandlers(prompts, { sql, ...promptSurroundings({ events, ...around }) }),
      ...drift.handlers,
      ...webhooks.handlers,
    }),
    start(clock: ClockWork): void {
      void webhooks.kick()
      clock.every(10_000, webhooks.kick, 'webhooks of prompts could not be delivered')
      clock.every(MINUTE, () => drift.look(Date.now()), 'calls could not be compared with prompts')
      clock.every(HOUR, webhooks.forget, 'old deliveries of webhooks could not be forgotten')
    },
    stop: () => webhooks.stop(),
  }
}
