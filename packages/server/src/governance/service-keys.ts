import { createHmac } from 'node:crypto'
import { newId, newSecret, sha256 } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'

export type ServiceKeyDeps = {
  sql: Sql
  masterKey: string
  /** What the key is listed as: for people. */
  title: string
  /** What it is for: one key for each in a project. */
  purpose: string
  now?: () => Date
  /** Called after a key was made, so that every edge knows it. */
  changed: () => unknown
}
export type ServiceKeys = ReturnType<typeof createServiceKeys>

/**
 * The key with which a room of the core calls the gateway for a project, where nobody's own key can be used: judges, answers of a
 * test bench, synthetic rows. It is listed among the keys, so that limits, budgets and traces know who called; its secret is written
 * nowhere. One that somebody revoked is over, and the next call makes a new one.
 */
export function createServiceKeys({ sql, masterKey, title, purpose, now = () => new Date(), changed }: ServiceKeyDeps) {
  const secretOf = (keyId: string) => `sk-sb-${createHmac('sha256', masterKey).update(`service|${purpose}|${keyId}`).digest('base64url')}`
  const making = new Map<string, Promise<string>>()

  async function find(session: SqlSession, projectId: string): Promise<string | undefined> {
    const [row] = await session.query<{ id: string; secret_sha256: string }>(
      `select k.id, k.secret_sha256 from service_keys s join keys k on k.id = s.key_id
       where s.project_id = $1 and s.purpose = $2 and k.revoked_at is null`,
      [projectId, purpose],
    )
    // Another master key makes other secrets.
    return row && row.secret_sha256 === sha256(secretOf(row.id)) ? secretOf(row.id) : undefined
  }

  async function make(projectId: string): Promise<string> {
    const secret = await sql.transaction(async (session) => {
      // Two cores at once: the second waits here and finds what the first made.
      await session.query('select 1 from projects where id = $1 for update', [projectId])
      const found = await find(session, projectId)
      if (found) return found
      const id = newId('key')
      const made = secretOf(id)
      await session.query(
        `insert into keys (id, project_id, name, public_key, secret_sha256, secret_hint, role, scopes, account_id, source, created_at)
         values ($1, $2, $3, $4, $5, $6, null, '["gateway:call"]', null, 'api', $7)`,
        [id, projectId, title, `pk-sb-${newSecret()}`, sha256(made), made.slice(-4), now()],
      )
      await session.query(
        `insert into service_keys (project_id, purpose, key_id) values ($1, $2, $3)
         on conflict (project_id, purpose) do update set key_id = excluded.key_id`,
        [projectId, purpose, id],
      )
      return made
    })
    await changed()
    return secret
  }

  return {
    /** `fresh`: an edge may not have heard of it yet. */
    async secretFor(projectId: string): Promise<{ secret: string; fresh: boolean }> {
      const running = making.get(projectId)
      if (running) return { secret: await running, fresh: true }
      const known = await find(sql, projectId)
      if (known) return { secret: known, fresh: false }
      const started = making.get(projectId) ?? make(projectId).finally(() => making.delete(projectId))
      making.set(projectId, started)
      return { secret: await started, fresh: true }
    },
  }
}
