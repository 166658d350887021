import {
  AppError,
  type Caller,
  type Output,
  type Parsed,
  type PromptDelivery,
  type PromptEvent,
  type PromptWebhook,
} from '@signalbox/schema'
import { actorName } from '../../lib/actor-name.ts'
import { assertPublicHost, PrivateAddressError } from '../../lib/guarded-connect.ts'
import { newId, newSecret } from '../../lib/ids.ts'
import { seal, unseal } from '../../lib/secret-box.ts'
import type { Sql, SqlSession } from '../../store/ports.ts'
import { readTime, writeTime } from '../cursors.ts'
import { actorOf } from '../writing.ts'

export type WebhookDeps = {
  sql: Sql
  masterKey: string
  /** Those of every project may point at private addresses, not only where an owner allows it. */
  allowPrivate: boolean
  now?: () => Date
}
type Row = {
  id: string
  url: string
  labels: string[]
  active: boolean
  secret_hint: string
  created_at: Date
  by: string | null
  waiting: number
  failed: number
}
const COLUMNS = `id, url, labels, active, secret_hint, created_at, ${actorName('created_by')} as by,
  (select count(*)::int from prompt_deliveries where webhook_id = prompt_webhooks.id and status = 'waiting') as waiting,
  (select count(*)::int from prompt_deliveries where webhook_id = prompt_webhooks.id and status = 'failed') as failed`
const TOLD = new Set<PromptEvent['kind']>(['label-set', 'label-removed', 'rolled-back'])

export const PRIVATE_HINT =
  'Let an owner allow private addresses in the settings of the project (SIGNALBOX_ALLOW_PRIVATE_PROVIDERS=true allows them in all).'

/** Webhooks of a project, and what is to be told to them. */
export function createWebhookStore({ sql, masterKey, allowPrivate, now = () => new Date() }: WebhookDeps) {
  async function get(projectId: string, id: string): Promise<PromptWebhook> {
    const [row] = await sql.query<Row>(`select ${COLUMNS} from prompt_webhooks where project_id = $1 and id = $2`, [projectId, id])
    if (!row) throw new AppError('not-found', `There is no webhook ${id}.`, { hint: 'List them with GET /api/v1/prompt-webhooks.' })
    return toWebhook(row)
  }

  async function assertPublic(projectId: string, url: string): Promise<void> {
    if (allowPrivate || (await allowsPrivate(sql, projectId))) return
    const { hostname } = new URL(url)
    await assertPublicHost(hostname).catch((error: unknown) => {
      if (!(error instanceof PrivateAddressError)) throw error
      throw new AppError('invalid-request', `\`url\`: ${hostname} leads to a private address, to which nothing is sent.`, {
        hint: PRIVATE_HINT,
        data: { param: 'url' },
      })
    })
  }

  return {
    async list(projectId: string): Promise<PromptWebhook[]> {
      const rows = await sql.query<Row>(`select ${COLUMNS} from prompt_webhooks where project_id = $1 order by created_at desc, id desc`, [
        projectId,
      ])
      return rows.map(toWebhook)
    },

    async create(caller: Caller, { url, labels, active }: Parsed<'promptWebhooks.create'>): Promise<Output<'promptWebhooks.create'>> {
      const { projectId } = caller
      await assertPublic(projectId, url)
      const id = newId('pwh')
      const secret = `whsec_${newSecret()}`
      const sealed = seal(Buffer.from(`${projectId}/${id}\n${secret}`), masterKey).toString('base64')
      await sql.query(
        `insert into prompt_webhooks (id, project_id, url, labels, active, sealed, secret_hint, created_at, created_by)
         values ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8, $9)`,
        [id, projectId, url, JSON.stringify(labels), active, sealed, secret.slice(-4), now(), actorOf(caller)],
      )
      return { ...(await get(projectId, id)), secret }
    },

    async change(projectId: string, { id, url, labels, active }: Parsed<'promptWebhooks.change'>): Promise<PromptWebhook> {
      await get(projectId, id)
      if (url !== undefined) await assertPublic(projectId, url)
      await sql.query(
        `update prompt_webhooks set url = coalesce($3, url), labels = coalesce($4::text::jsonb, labels), active = coalesce($5, active)
         where project_id = $1 and id = $2`,
        [projectId, id, url ?? null, labels === undefined ? null : JSON.stringify(labels), active ?? null],
      )
      return await get(projectId, id)
    },

    async remove(projectId: string, id: string): Promise<void> {
      await get(projectId, id)
      await sql.query('delete from prompt_webhooks where project_id = $1 and id = $2', [projectId, id])
    },

    async deliveries(projectId: string, { id, status, limit, cursor }: Parsed<'promptWebhooks.deliveries'>) {
      await get(projectId, id)
      const [at, after] = cursor === undefined ? [null, null] : readTime(cursor)
      const rows = await sql.query<DeliveryRow>(
        `select * from prompt_deliveries where webhook_id = $1 and ($2::text is null or status = $2)
           and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4)) order by created_at desc, id desc limit $5`,
        [id, status ?? null, at, after, limit + 1],
      )
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        deliveries: rows.slice(0, limit).map(toDelivery),
        ...(last && { nextCursor: writeTime(last.created_at, last.id) }),
      }
    },

    async retry(projectId: string, id: string): Promise<PromptDelivery> {
      const [row] = await sql.query<DeliveryRow>(
        `update prompt_deliveries set status = 'waiting', next_at = $3, finished_at = null
         where id = $2 and webhook_id in (select id from prompt_webhooks where project_id = $1) returning *`,
        [projectId, id, now()],
      )
      if (!row) throw new AppError('not-found', `There is no delivery ${id}.`)
      return toDelivery(row)
    },

    /** A delivery that tells of nothing, to see whether it arrives. */
    async test(projectId: string, id: string): Promise<PromptDelivery> {
      const { active } = await get(projectId, id)
      if (!active) throw new AppError('conflict', 'The webhook is switched off, so nothing is sent to it.', { hint: 'Switch it on first.' })
      const delivery = newId('pdl')
      const body = JSON.stringify({ type: 'prompt.test', id: delivery, project: projectId, at: now().toISOString() })
      const [row] = await sql.query<DeliveryRow>(
        `insert into prompt_deliveries (id, webhook_id, event_id, body, status, attempts, next_at, created_at)
         values ($1, $2, $1, $3, 'waiting', 0, $4, $4) returning *`,
        [delivery, id, body, now()],
      )
      return toDelivery(row as DeliveryRow)
    },

    /** Notes in the transaction of a move who is to be told of it. */
    async enqueue(session: SqlSession, projectId: string, events: readonly PromptEvent[]): Promise<void> {
      const told = events.filter(({ kind }) => TOLD.has(kind))
      if (told.length === 0) return
      const webhooks = await session.query<{ id: string; labels: string[] }>(
        'select id, labels from prompt_webhooks where project_id = $1 and active order by created_at, id',
        [projectId],
      )
      for (const event of told)
        for (const { id, labels } of webhooks) {
          if (labels.length > 0 && !labels.includes(event.label ?? '')) continue
          const delivery = newId('pdl')
          await session.query(
            `insert into prompt_deliveries (id, webhook_id, event_id, body, status, attempts, next_at, created_at)
             values ($1, $2, $3, $4, 'waiting', 0, $5, $5)`,
            [delivery, id, event.id, bodyOf(delivery, projectId, event), now()],
          )
        }
    },

    /** The secret of a webhook; undefined where it was sealed with another master key. */
    openSecret({ sealed, projectId, webhookId }: { sealed: string; projectId: string; webhookId: string }): string | undefined {
      const [owner, secret] = unseal(Buffer.from(sealed, 'base64'), masterKey)?.toString('utf8').split('\n') ?? []
      return owner === `${projectId}/${webhookId}` ? secret : undefined
    },
  }
}
export type WebhookStore = ReturnType<typeof createWebhookStore>

async function allowsPrivate(session: SqlSession, projectId: string): Promise<boolean> {
  const [row] = await session.query<{ allowed: boolean }>('select allow_private_providers as allowed from projects where id = $1', [
    projectId,
  ])
  return row?.allowed ?? false
}

const bodyOf = (delivery: string, projectId: string, { id, kind, prompt, label, from, to, why, by, approvedBy, at }: PromptEvent): string =>
  JSON.stringify({ type: `prompt.${kind}`, id: delivery, event: id, project: projectId, prompt, label, from, to, why, by, approvedBy, at })

const toWebhook = ({
  id,
  url,
  labels,
  active,
  secret_hint: secretHint,
  created_at: createdAt,
  by,
  waiting,
  failed,
}: Row): PromptWebhook => ({
  id,
  url,
  labels,
  active,
  secretHint,
  createdAt: createdAt.toISOString(),
  createdBy: by,
  waiting,
  failed,
})

type DeliveryRow = {
  id: string
  event_id: string
  body: string
  status: PromptDelivery['status']
  attempts: number
  next_at: Date | null
  response_status: number | null
  problem: string | null
  created_at: Date
  finished_at: Date | null
}
const toDelivery = (row: DeliveryRow): PromptDelivery => ({
  id: row.id,
  eventId: row.event_id,
  status: row.status,
  attempts: row.attempts,
  nextAt: row.next_at?.toISOString() ?? null,
  responseStatus: row.response_status,
  problem: row.problem,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  body: row.body,
})
