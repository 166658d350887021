import type { LookupFunction } from 'node:net'
import { AppError, type NewProvider, type ProviderChange, type ProviderKind } from '@signalbox/schema'
import { assertPublicHost, PRIVATE_ADDRESS_HINT, PrivateAddressError } from '../lib/guarded-connect.ts'
import { kindOf } from '../providers/kinds.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import { type ProviderSecrets, SECRET_FIELDS, sealSecrets, unsealSecrets } from './sealed-secrets.ts'
import { originOf, type PlainOptions, type StoredProvider, storedToSnapshot } from './stored-provider.ts'

export type StoredProvidersDeps = {
  sql: Sql
  masterKey: string
  /** Providers of every project may point at private addresses, not only of those whose owner allows it. */
  allowPrivate: boolean
  /** Why a name cannot be used in a project: it is configured elsewhere. */
  taken(projectId: string, name: string): string | undefined
  /** Called after a change, so that every edge gets a new snapshot. */
  changed(): unknown
  now?: () => Date
  lookup?: LookupFunction
}
type Named = { projectId: string; name: string }

/** Providers that were added to projects through the API: kept in the database, their secrets sealed with the master key. */
export function createStoredProviders(deps: StoredProvidersDeps) {
  const { sql, masterKey, allowPrivate, taken, changed, now = () => new Date() } = deps
  const opened = (row: Row): StoredProvider => ({
    projectId: row.project_id,
    name: row.name,
    kind: row.kind,
    baseUrl: row.base_url,
    options: row.options,
    secrets: unsealSecrets(row.sealed, { projectId: row.project_id, name: row.name }, masterKey),
    hasKey: row.has_key,
    keyHint: row.key_hint,
    headerNames: row.header_names,
    allowPrivate: allowPrivate || row.allow_private,
  })

  return {
    /** Of one project, by name. */
    async of(projectId: string): Promise<StoredProvider[]> {
      return (await sql.query<Row>(`${SELECT} WHERE project_id = $1 ORDER BY name`, [projectId])).map(opened)
    },

    async all(): Promise<StoredProvider[]> {
      return (await sql.query<Row>(`${SELECT} ORDER BY project_id, name`)).map(opened)
    },

    /** Throws `conflict` when the name is taken, `invalid-request` when it cannot work. */
    async create(projectId: string, { name, kind, baseUrl, ...rest }: NewProvider): Promise<void> {
      const elsewhere = taken(projectId, name)
      if (elsewhere) throw new AppError('conflict', `The name ${name} is taken: ${elsewhere}.`, { hint: 'Choose another name.' })
      const { options, secrets } = split(rest)
      const stored: StoredProvider = {
        projectId,
        name,
        kind,
        baseUrl: baseUrl ?? null,
        options,
        secrets,
        ...shown(secrets),
        allowPrivate: allowPrivate || (await isAllowed(sql, projectId)),
      }
      await check(stored, deps)
      const rows = await sql.query(
        `INSERT INTO providers (${COLUMNS}, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT DO NOTHING RETURNING name`,
        [...valuesOf(stored, secrets, masterKey), now()],
      )
      if (rows.length === 0)
        throw new AppError('conflict', `There is a provider ${name} in this project already.`, {
          hint: 'Change it, or choose another name.',
        })
      await changed()
    },

    /** What is left out stays as it is, `null` takes away. Secrets stay with the address that they were saved for. */
    async change({ projectId, name }: Named, change: ProviderChange): Promise<void> {
      await sql.transaction(async (session) => {
        const row = await find(session, { projectId, name })
        const before = opened(row)
        const after = changedBy(before, change)
        const kept = SECRET_FIELDS.filter((field) => change[field] === undefined && holds(before, field))
        if (kept.length > 0 && originOf(before) !== originOf(after)) {
          throw new AppError(
            'invalid-request',
            `With a new address, send ${kept.join(' and ')} again: what is stored only goes where it was saved for.`,
            {
              hint: 'Send the key with the new address, or null to take it away.',
              data: { param: kept[0] },
            },
          )
        }
        await check(after, deps)
        const touchesSecrets = SECRET_FIELDS.some((field) => change[field] !== undefined)
        // What cannot be opened is kept as it is, until it is replaced: the old master key may come back.
        const values = valuesOf(after, after.secrets ?? {}, masterKey)
        const sealed = touchesSecrets ? values[5] : row.sealed
        const facts = touchesSecrets ? values.slice(6) : [row.has_key, row.key_hint, JSON.stringify(row.header_names)]
        await session.query(
          `UPDATE providers SET base_url = $3, options = $4, sealed = $5, has_key = $6, key_hint = $7, header_names = $8, updated_at = $9
           WHERE project_id = $1 AND name = $2`,
          [projectId, name, after.baseUrl, JSON.stringify(after.options), sealed, ...facts, now()],
        )
      })
      await changed()
    },

    async remove({ projectId, name }: Named): Promise<void> {
      const rows = await sql.query('DELETE FROM providers WHERE project_id = $1 AND name = $2 RETURNING name', [projectId, name])
      if (rows.length === 0) throw missing({ projectId, name })
      await changed()
    },
  }
}
export type StoredProviders = ReturnType<typeof createStoredProviders>

type Row = {
  project_id: string
  name: string
  kind: ProviderKind
  base_url: string | null
  options: PlainOptions
  sealed: string | null
  has_key: boolean
  key_hint: string | null
  header_names: string[]
  allow_private: boolean
}
const COLUMNS = 'project_id, name, kind, base_url, options, sealed, has_key, key_hint, header_names'
const SELECT = `SELECT ${COLUMNS},
  (SELECT allow_private_providers FROM projects WHERE id = project_id) AS allow_private FROM providers`

async function isAllowed(sql: SqlSession, projectId: string): Promise<boolean> {
  const [project] = await sql.query<{ allowed: boolean }>('SELECT allow_private_providers AS allowed FROM projects WHERE id = $1', [
    projectId,
  ])
  return project?.allowed ?? false
}

const valuesOf = (stored: StoredProvider, secrets: ProviderSecrets, masterKey: string): unknown[] => [
  stored.projectId,
  stored.name,
  stored.kind,
  stored.baseUrl,
  JSON.stringify(stored.options),
  sealSecrets(secrets, stored, masterKey),
  stored.hasKey,
  stored.keyHint,
  JSON.stringify(stored.headerNames),
]

async function find(session: SqlSession, { projectId, name }: Named): Promise<Row> {
  const [row] = await session.query<Row>(`${SELECT} WHERE project_id = $1 AND name = $2 FOR UPDATE`, [projectId, name])
  if (!row) throw missing({ projectId, name })
  return row
}

const missing = ({ name }: Named) =>
  new AppError('not-found', `No provider ${name} was added to this project.`, {
    hint: 'Those of signalbox.yaml and the environment are changed there.',
  })

/** Of a key only its end is shown, and only where that gives nothing away. */
const shown = ({ apiKey, headers }: ProviderSecrets) => ({
  hasKey: apiKey !== undefined,
  keyHint: apiKey !== undefined && apiKey.length >= 20 ? apiKey.slice(-4) : null,
  headerNames: Object.keys(headers ?? {}),
})

type Rest = Omit<ProviderChange, 'baseUrl'>
function split(rest: Rest): { options: PlainOptions; secrets: ProviderSecrets } {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null)
  const isSecret = (name: string) => (SECRET_FIELDS as readonly string[]).includes(name)
  return {
    options: Object.fromEntries(given.filter(([name]) => !isSecret(name))),
    secrets: Object.fromEntries(given.filter(([name, value]) => isSecret(name) && Object.keys(value as object).length > 0)),
  }
}

function changedBy(before: StoredProvider, { baseUrl, ...rest }: ProviderChange): StoredProvider {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const { options, secrets } = split({ ...before.options, ...before.secrets, ...given })
  return { ...before, baseUrl: baseUrl === undefined ? before.baseUrl : baseUrl, options, secrets, ...shown(secrets) }
}

const holds = ({ secrets, hasKey, headerNames }: StoredProvider, field: (typeof SECRET_FIELDS)[number]): boolean =>
  secrets ? secrets[field] !== undefined : field === 'apiKey' ? hasKey : field === 'headers' && headerNames.length > 0

/** What a schema cannot say: options of another kind, no address, or one that is not allowed. */
async function check(stored: StoredProvider, { lookup }: StoredProvidersDeps): Promise<void> {
  const { kind, options, secrets } = stored
  const takes: object = kindOf(kind)?.settings ?? {}
  const { apiKey, moreKeys, headers: _, ...secretOptions } = secrets ?? {}
  if (moreKeys && apiKey === undefined)
    throw invalid('moreKeys', 'holds keys, and `apiKey` none. Send the first key as `apiKey`, or null for `moreKeys`.')
  const foreign = Object.keys({ ...options, ...secretOptions }).find((name) => !(name in takes))
  if (foreign) throw invalid(foreign, `is not for kind ${kind}. Leave it out.`)
  const { baseUrl, problem } = storedToSnapshot({ ...stored, secrets: secrets ?? {}, allowPrivate: true })
  if (!URL.canParse(baseUrl)) throw invalid('baseUrl', `is missing: the kind ${kind} has no usual address.`)
  if (problem && problem !== 'it has no key') throw new AppError('invalid-request', `This provider cannot work: ${problem}.`)
  const operation = /\/(chat\/completions|completions|models)\/?$/.exec(baseUrl)
  if (operation) throw invalid('baseUrl', `names one operation. Leave its end off: ${baseUrl.slice(0, operation.index)}.`)
  if (stored.allowPrivate) return
  const { hostname } = new URL(baseUrl)
  await assertPublicHost(hostname, lookup).catch((error: unknown) => {
    if (!(error instanceof PrivateAddressError)) throw error
    throw new AppError('invalid-request', `\`baseUrl\`: ${hostname} leads to a private address, which providers added here may not.`, {
      hint: PRIVATE_ADDRESS_HINT,
      data: { param: 'baseUrl' },
    })
  })
}

const invalid = (param: string, problem: string) => new AppError('invalid-request', `\`${param}\` ${problem}`, { data: { param } })
