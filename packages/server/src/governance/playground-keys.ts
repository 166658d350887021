import { createHmac } from 'node:crypto'
import { newId, newSecret, sha256 } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'

export type PlaygroundKeyDeps = {
  sql: Sql
  masterKey: string
  now?: () => Date
  /** Called after a key was made, so that every edge knows it. */
  changed: () => unknown
}
type Whose = { projectId: string; accountId: string }

/**
 * The key with which the playground of an account calls the gateway: one per project and account, listed among the keys as theirs, so that
 * limits, budgets and traces know who called. Its secret is written nowhere and given to nobody: it follows from the master key and the
 * id of the key. A key that somebody revoked is over; the next call of somebody who may still call makes a new one.
 */
export function createPlaygroundKeys({ sql, masterKey, now = () => new Date(), changed }: PlaygroundKeyDeps) {
  const secretOf = (keyId: string) => `sk-sb-${createHmac('sha256', masterKey).update(`playground|${keyId}`).digest('base64url')}`
  const making = new Map<string, Promise<string>>()

  async function find(session: SqlSession, { projectId, accountId }: Whose): Promise<string | undefined> {
    const [row] = await session.query<{ id: string; secret_sha256: string }>(
      `SELECT k.id, k.secret_sha256 FROM playground_keys p JOIN keys k ON k.id = p.key_id
       WHERE p.project_id = $1 AND p.account_id = $2 AND k.revoked_at IS NULL`,
      [projectId, accountId],
    )
    // Another master key makes other secrets.
    return row && row.secret_sha256 === sha256(secretOf(row.id)) ? secretOf(row.id) : undefined
  }

  async function make({ projectId, accountId }: Whose): Promise<string> {
    const secret = await sql.transaction(async (session) => {
      // Two cores at once: the second waits here and finds what the first made.
      await session.query('SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE', [accountId])
      const found = await find(session, { projectId, accountId })
      if (found) return found
      const id = newId('key')
      const made = secretOf(id)
      await session.query(
        `INSERT INTO keys (id, project_id, name, public_key, secret_sha256, secret_hint, role, scopes, account_id, source, created_at)
         VALUES ($1, $2, 'Playground', $3, $4, $5, NULL, '["gateway:call"]', $6, 'api', $7)`,
        [id, projectId, `pk-sb-${newSecret()}`, sha256(made), made.slice(-4), accountId, now()],
      )
      await session.query(
        `INSERT INTO playground_keys (project_id, account_id, key_id) VALUES ($1, $2, $3)
         ON CONFLICT (project_id, account_id) DO UPDATE SET key_id = excluded.key_id`,
        [projectId, accountId, id],
      )
      return made
    })
    await changed()
    return secret
  }

  return {
    /** `fresh`: an edge may not have heard of it yet. */
    async secretFor(whose: Whose): Promise<{ secret: string; fresh: boolean }> {
      const name = JSON.stringify([whose.projectId, whose.accountId])
      const running = making.get(name)
      if (running) return { secret: await running, fresh: true }
      const known = await find(sql, whose)
      if (known) return { secret: known, fresh: false }
      const started = making.get(name) ?? make(whose).finally(() => making.delete(name))
      making.set(name, started)
      return { secret: await started, fresh: true }
    },
  }
}
