import { AppError, canonicalJson, type EvaluatorVersion, type Output, type Parsed, type StoredEvaluator } from '@signalbox/schema'
import { newId } from '../../lib/ids.ts'
import type { Sql, SqlSession } from '../../store/ports.ts'
import { scorerVersion } from '../registry.ts'
import { keepHidden, openParams, sealParams } from './sealed-params.ts'

type Deps = { sql: Sql; masterKey: string; now?: () => Date }
type Whose = { projectId: string; by: string }
type Row = {
  id: string
  name: string
  description: string
  newest: number
  archived_at: Date | null
  made_at: Date
  version: number
  evaluator: string
  params: string
  sealed: string | null
  message: string
  created_at: Date
  by: string | null
}

const nameOf = (column: string): string =>
  `coalesce((select email from accounts where accounts.id = ${column}), (select name from keys where keys.id = ${column}))`
const COLUMNS = `e.id, e.name, e.description, e.version as newest, e.archived_at, e.created_at as made_at,
  v.version, v.evaluator, v.params, v.sealed, v.message, v.created_at, ${nameOf('v.created_by')} as by`
const FROM = 'from evaluators e join evaluator_versions v on v.evaluator_id = e.id'

/** An evaluator that is kept, as it runs: what experiments and the test bench ask for by its name. */
export type ResolvedEvaluator = { name: string; version: number; evaluator: string; params: Record<string, unknown>; hash: string }

/** Evaluators that projects keep under names. */
export function createStoredEvaluators({ sql, masterKey, now = () => new Date() }: Deps) {
  const opened = (row: Row): Record<string, unknown> =>
    openParams(JSON.parse(row.params) as Record<string, unknown>, row.sealed, { owner: row.id, masterKey })

  /** The hash is that of what would run now; parameters that no longer fit have none, and a reason. */
  const state = async (row: Row): Promise<{ hash: string; problem: string | null }> => {
    try {
      return { hash: await scorerVersion(row.evaluator, opened(row)), problem: null }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { hash: '', problem: error.message }
    }
  }
  const shown = async (row: Row): Promise<StoredEvaluator> => ({
    ...(await state(row)),
    name: row.name,
    description: row.description,
    evaluator: row.evaluator,
    params: JSON.parse(row.params) as StoredEvaluator['params'],
    version: row.version,
    newest: row.newest,
    message: row.message,
    createdAt: new Date(row.made_at).toISOString(),
    updatedAt: new Date(row.created_at).toISOString(),
    createdBy: row.by,
    archivedAt: row.archived_at ? new Date(row.archived_at).toISOString() : null,
  })

  const find = async (session: SqlSession, projectId: string, name: string, version?: number): Promise<Row | undefined> =>
    (
      await session.query<Row>(
        `select ${COLUMNS} ${FROM} where e.project_id = $1 and e.name = $2 and v.version = coalesce($3::int, e.version)`,
        [projectId, name, version ?? null],
      )
    )[0]
  const get = async (session: SqlSession, projectId: string, name: string, version?: number): Promise<Row> => {
    const row = await find(session, projectId, name, version)
    if (row) return row
    const newest = version === undefined ? undefined : await find(session, projectId, name)
    throw newest
      ? new AppError('not-found', `${JSON.stringify(name)} has no version ${version}.`, { hint: `The newest is ${newest.newest}.` })
      : new AppError('not-found', `There is no evaluator ${JSON.stringify(name)} in this project.`, {
          hint: 'GET /api/v1/stored-evaluators lists those that are kept, GET /api/v1/evaluators those that are built in.',
        })
  }

  return {
    get: async (projectId: string, name: string, version?: number) => shown(await get(sql, projectId, name, version)),

    /** With the values of its headers: only for who runs it, never for an answer. */
    async resolve(projectId: string, name: string, version?: number): Promise<ResolvedEvaluator> {
      const row = await get(sql, projectId, name, version)
      const params = opened(row)
      return { name, version: row.version, evaluator: row.evaluator, params, hash: await scorerVersion(row.evaluator, params) }
    },

    async list(projectId: string, { search, archived, limit, cursor }: Parsed<'evaluators.list'>): Promise<Output<'evaluators.list'>> {
      const rows = await sql.query<Row>(
        `select ${COLUMNS} ${FROM} where e.project_id = $1 and v.version = e.version and (e.archived_at is not null) = $2
           and ($3::text is null or strpos(lower(e.name collate "default"), lower($3)) > 0
             or strpos(lower(e.description), lower($3)) > 0 or strpos(v.evaluator, lower($3)) > 0)
           and ($4::text is null or e.name > $4) order by e.name limit $5`,
        [projectId, archived === 'true', search ?? null, cursor === undefined ? null : textOf(cursor), limit + 1],
      )
      const page = rows.slice(0, limit)
      return { evaluators: await Promise.all(page.map(shown)), ...next(rows, limit, ({ name }) => name) }
    },

    async versions(
      projectId: string,
      { name, limit, cursor }: Parsed<'evaluators.versions'>,
    ): Promise<{ versions: EvaluatorVersion[]; nextCursor?: string }> {
      const { id } = await get(sql, projectId, name)
      const rows = await sql.query<Row>(
        `select ${COLUMNS} ${FROM} where e.id = $1 and ($2::int is null or v.version < $2) order by v.version desc limit $3`,
        [id, cursor === undefined ? null : numberOf(cursor), limit + 1],
      )
      const versions = await Promise.all(
        rows.slice(0, limit).map(async (row) => {
          const { evaluator, params, version, hash, message, updatedAt, createdBy } = await shown(row)
          return { evaluator, params, version, hash, message, createdAt: updatedAt, createdBy }
        }),
      )
      return { versions, ...next(rows, limit, ({ version }) => `${version}`) }
    },

    /** The parameters that would run, with values that were shown hidden put back. */
    async completed(projectId: string, name: string | undefined, given: Record<string, unknown>): Promise<Record<string, unknown>> {
      const row = name === undefined ? undefined : await find(sql, projectId, name)
      return keepHidden(given, row && opened(row))
    },

    /** `check` says whether it can run, and throws where it cannot. */
    async put(
      { projectId, by }: Whose,
      { name, evaluator, params: given, description, message, expectedVersion }: Parsed<'evaluators.put'>,
      check: (params: Record<string, unknown>) => Promise<void>,
    ): Promise<StoredEvaluator> {
      const before = await find(sql, projectId, name)
      const params = keepHidden(given, before && opened(before))
      await check(params)
      await sql.transaction(async (session) => {
        const id = newId('ev')
        await session.query(
          `insert into evaluators (id, project_id, name, description, version, created_at, created_by) values ($1, $2, $3, '', 0, $4, $5)
           on conflict do nothing`,
          [id, projectId, name, now(), by],
        )
        const [held] = await session.query<{ id: string; version: number; archived_at: Date | null }>(
          'select id, version, archived_at from evaluators where project_id = $1 and name = $2 for update',
          [projectId, name],
        )
        if (!held) throw new AppError('conflict', `The evaluator ${JSON.stringify(name)} was just removed.`)
        if (held.archived_at)
          throw new AppError('conflict', `The evaluator ${JSON.stringify(name)} is archived.`, {
            hint: 'Take it out of the archive first.',
          })
        if (expectedVersion !== undefined && expectedVersion !== held.version)
          throw new AppError('conflict', `${JSON.stringify(name)} is at version ${held.version}, not ${expectedVersion}.`, {
            hint: 'Read it again, and make your change there.',
            data: { version: held.version },
          })
        const last = held.version > 0 ? await get(session, projectId, name) : undefined
        const same = last && last.evaluator === evaluator && canonicalJson(opened(last)) === canonicalJson(params)
        if (!same) {
          const { shown: plain, sealed } = sealParams(params, held.id, masterKey)
          await session.query(
            `insert into evaluator_versions (evaluator_id, version, evaluator, params, sealed, message, created_at, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)`,
            [held.id, held.version + 1, evaluator, JSON.stringify(plain), sealed, message, now(), by],
          )
        }
        await session.query('update evaluators set version = $2, description = coalesce($3, description) where id = $1', [
          held.id,
          held.version + (same ? 0 : 1),
          description ?? null,
        ])
      })
      return shown(await get(sql, projectId, name))
    },

    async change(projectId: string, { name, description, archived }: Parsed<'evaluators.change'>): Promise<StoredEvaluator> {
      const { id, archived_at } = await get(sql, projectId, name)
      const archivedAt = archived === undefined ? archived_at : archived ? (archived_at ?? now()) : null
      await sql.query('update evaluators set description = coalesce($2, description), archived_at = $3 where id = $1', [
        id,
        description ?? null,
        archivedAt,
      ])
      return shown(await get(sql, projectId, name))
    },
  }
}
export type StoredEvaluators = ReturnType<typeof createStoredEvaluators>

function next<T>(rows: readonly T[], limit: number, placeOf: (row: T) => string): { nextCursor?: string } {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return last === undefined ? {} : { nextCursor: Buffer.from(placeOf(last)).toString('base64url') }
}

const unknown = () =>
  new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })

function textOf(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (text === '' || text.includes('\uFFFD') || text.includes('\0')) throw unknown()
  return text
}

function numberOf(cursor: string): number {
  const text = textOf(cursor)
  if (!/^\d{1,9}$/.test(text)) throw unknown()
  return Number(text)
}
