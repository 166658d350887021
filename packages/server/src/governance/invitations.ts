import { AppError, type Caller, type Invitation, type NewInvitation, type Output, type Role } from '@signalbox/schema'
import { newId, newSecret, sha256 } from '../lib/ids.ts'
import type { Sql } from '../store/ports.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { assertMayGive } from './roles.ts'
import { normaliseEmail } from './sessions.ts'
import { assertMayFill } from './team-rules.ts'

const VALID_DAYS = 7

export type InvitationsDeps = { sql: Sql; now: () => Date; publicUrl: string }
type Page = { limit: number; cursor?: string | undefined }

/** Invitations to a project: links that work once, for seven days, and of which only the hash is stored. */
export function createInvitations({ sql, now, publicUrl }: InvitationsDeps) {
  return {
    /** Newest first. */
    async list(projectId: string, { limit, cursor }: Page): Promise<{ invitations: Invitation[]; nextCursor?: string }> {
      const [at, id] = cursor === undefined ? [null, null] : decodeCursor(cursor)
      const rows = await sql.query<Row>(
        `${SELECT} WHERE i.project_id = $1 AND ($2::timestamptz IS NULL OR (i.created_at, i.id) < ($2::timestamptz, $3::text))
         ORDER BY i.created_at DESC, i.id DESC LIMIT $4`,
        [projectId, at, id, limit + 1],
      )
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        invitations: rows.slice(0, limit).map((row) => toInvitation(row, now())),
        ...(last && { nextCursor: encodeCursor(last.created_at, last.id) }),
      }
    },

    /** The answer holds the address, which is nowhere else. Nobody invites somebody who may do more than they. */
    async create(caller: Caller, { role, email, teamId }: NewInvitation): Promise<Output<'invitations.create'>> {
      assertMayGive(caller, role)
      if (teamId !== undefined) await assertMayFill(sql, caller, teamId)
      const id = newId('invitation')
      const token = newSecret()
      const at = now()
      await sql.query(
        `INSERT INTO invitations (id, token_sha256, project_id, role, email, team_id, account_id, key_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          id,
          sha256(token),
          caller.projectId,
          role,
          email === undefined ? null : normaliseEmail(email),
          teamId ?? null,
          caller.userId ?? null,
          caller.keyId ?? null,
          at,
          new Date(at.getTime() + VALID_DAYS * 86_400_000),
        ],
      )
      const [row] = await sql.query<Row>(`${SELECT} WHERE i.id = $1`, [id])
      if (!row) throw new AppError('internal', 'The invitation was not stored.')
      return { ...toInvitation(row, at), url: `${publicUrl}/join?token=${token}` }
    },

    /** Once more is no error. Throws `conflict` when it was used. */
    async revoke(projectId: string, id: string): Promise<Invitation> {
      await sql.query(
        'UPDATE invitations SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND project_id = $2 AND used_at IS NULL',
        [id, projectId, now()],
      )
      const [row] = await sql.query<Row>(`${SELECT} WHERE i.id = $1 AND i.project_id = $2`, [id, projectId])
      if (!row) throw new AppError('not-found', `The project ${projectId} has no invitation ${id}.`)
      if (row.used_at)
        throw new AppError('conflict', `${row.used_by ?? 'Somebody'} has used this invitation already.`, {
          hint: 'Remove the member instead.',
        })
      return toInvitation(row, now())
    },
  }
}

type Row = {
  id: string
  role: Role
  email: string | null
  team_id: string | null
  team_name: string | null
  invited_by: string | null
  created_at: Date
  expires_at: Date
  used_at: Date | null
  used_by: string | null
  revoked_at: Date | null
}
const SELECT = `SELECT i.id, i.role, i.email, i.team_id, t.name AS team_name, a.email AS invited_by, i.created_at, i.expires_at, i.used_at,
  u.email AS used_by, i.revoked_at
  FROM invitations i LEFT JOIN teams t ON t.id = i.team_id LEFT JOIN accounts a ON a.id = i.account_id LEFT JOIN accounts u ON u.id = i.used_by`

function stateOf({ used_at, revoked_at, expires_at }: Row, at: Date): Invitation['state'] {
  if (used_at) return 'used'
  if (revoked_at) return 'revoked'
  return expires_at <= at ? 'expired' : 'open'
}

const toInvitation = (row: Row, at: Date): Invitation => ({
  id: row.id,
  role: row.role,
  email: row.email,
  team: row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? row.team_id },
  invitedBy: row.invited_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  state: stateOf(row, at),
  usedBy: row.used_by,
})
