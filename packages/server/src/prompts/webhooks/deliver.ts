import type { Sql } from '../../store/ports.ts'
import type { SendWebhook } from './send.ts'
import type { WebhookStore } from './store.ts'

/** How long after each attempt the next one is made, in seconds: ten attempts in about a day. */
const PAUSES = [10, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200]
/** Who takes a delivery has this long to make it; after that another process may. More than an attempt can take. */
const CLAIM_SECONDS = 60
const AT_ONCE = 5
const KEPT_DAYS = 30

export type DelivererDeps = {
  sql: Sql
  store: Pick<WebhookStore, 'openSecret'>
  allowPrivate: boolean
  send: SendWebhook
  warn(details: object, what: string): void
  now?: () => Date
}
type Claimed = {
  id: string
  webhook_id: string
  event_id: string
  body: string
  attempts: number
  project_id: string
  url: string
  active: boolean
  sealed: string
  created_at: Date
  allow_private: boolean
}

/**
 * Makes the deliveries that are due, and comes back for those that failed. What was claimed by a process that died is due again when its
 * claim is over, so a receiver may see a delivery twice, with the same id, and never not at all.
 */
export function createDeliverer({ sql, store, allowPrivate, send, warn, now = () => new Date() }: DelivererDeps) {
  let running: Promise<void> | undefined
  let again = false
  let stopped = false

  const after = (seconds: number) => new Date(now().getTime() + seconds * 1000)

  const claim = () =>
    sql.transaction((session) =>
      session.query<Claimed>(
        `update prompt_deliveries d set attempts = d.attempts + 1, next_at = $1 from prompt_webhooks w, projects p
         where w.id = d.webhook_id and p.id = w.project_id and d.id in (
           select id from prompt_deliveries where status = 'waiting' and next_at <= $2 order by next_at limit ${AT_ONCE} for update skip locked)
         returning d.id, d.webhook_id, d.event_id, d.body, d.attempts, w.project_id, w.url, w.active, w.sealed, d.created_at,
           p.allow_private_providers as allow_private`,
        [after(CLAIM_SECONDS), now()],
      ),
    )

  async function deliver(one: Claimed): Promise<void> {
    const { id, body, attempts } = one
    const finish = (status: 'delivered' | 'failed', responseStatus: number | null, problem: string | null) =>
      sql.query(
        'update prompt_deliveries set status = $2, response_status = $3, problem = $4, next_at = null, finished_at = $5 where id = $1',
        [id, status, responseStatus, problem, now()],
      )
    if (!one.active) return void (await finish('failed', null, 'The webhook was switched off.'))
    const secret = store.openSecret({ sealed: one.sealed, projectId: one.project_id, webhookId: one.webhook_id })
    const { status, problem } =
      secret === undefined
        ? { status: null, problem: 'Its secret was sealed with another master key: make the webhook anew.' }
        : await send({ url: one.url, body, secret, delivery: id, event: one.event_id, allowPrivate: allowPrivate || one.allow_private })
    if (problem === undefined) return void (await finish('delivered', status, null))
    const pause = PAUSES[attempts - 1]
    if (pause === undefined) return void (await finish('failed', status, problem))
    await sql.query('update prompt_deliveries set response_status = $2, problem = $3, next_at = $4 where id = $1', [
      id,
      status,
      problem,
      after(pause),
    ])
  }

  /** Of several to one receiver the oldest comes first. */
  async function inOrder(of: readonly Claimed[]): Promise<void> {
    for (const one of of.toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime())) if (!stopped) await deliver(one)
  }

  async function work(): Promise<void> {
    do {
      again = false
      for (let due = await claim(); due.length > 0 && !stopped; due = await claim()) {
        await Promise.all(Object.values(Object.groupBy(due, ({ webhook_id: id }) => id)).map((of = []) => inOrder(of)))
      }
    } while (again && !stopped)
  }

  function kick(): Promise<void> {
    again = true
    running ??= work()
      .catch((error: unknown) => warn({ err: error }, 'webhooks could not be delivered'))
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    /** Makes what is due; asked while it does, it looks once more. */
    kick,

    /** Begins. Where nobody else uses the database, what is claimed was claimed by a process that died: it is due at once. */
    async resume({ alone }: { alone: boolean }): Promise<void> {
      if (alone)
        await sql.query(`update prompt_deliveries set next_at = $1 where status = 'waiting' and attempts > 0 and next_at <= $2`, [
          now(),
          after(CLAIM_SECONDS),
        ])
      await kick()
    },

    /** Forgets what was settled long ago. */
    async forget(): Promise<void> {
      await sql.query(`delete from prompt_deliveries where status <> 'waiting' and finished_at < $1`, [after(-KEPT_DAYS * 86_400)])
    },

    /** Ends after the attempts that are under way. */
    async stop(): Promise<void> {
      stopped = true
      await running
      await send.close()
    },
  }
}
