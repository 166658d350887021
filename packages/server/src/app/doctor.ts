import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { AppError } from '@signalbox/schema'
import { unsealSecrets } from '../config/sealed-secrets.ts'
import { type Environment, paths } from '../environment.ts'
import { reconciliationProblems } from '../governance/reconcile.ts'
import { unseal } from '../lib/secret-box.ts'
import { readCursor } from '../store/journal/cursor.ts'
import { listSegments, segmentPath } from '../store/journal/segments.ts'
import type { Stores } from '../store/ports.ts'
import { checkConfigFile } from './check-config.ts'
import { assertDataVersion, readDataVersion } from './data-version.ts'
import { closeStores, openStores } from './open-stores.ts'

/** One thing that was looked at. A `warn` or `fail` says what to do; `skip` says why it could not be looked at. */
export type Finding = { check: string; status: 'ok' | 'warn' | 'fail' | 'skip'; message: string; hint?: string }
type Found = Omit<Finding, 'check'>
export type Patient = {
  environment: Environment
  /** The process that runs on this data folder, and what of it. */
  running: { pid: number; what: string } | undefined
  /** Asks the running program: the status of `/readyz` and of the core's own readiness, undefined where nobody answers. */
  ask: { edge(): Promise<number | undefined>; core(): Promise<number | undefined> }
}

const CHECKS: Record<string, (patient: Patient) => Promise<Found> | Found> = {
  'data folder': dataFolder,
  'data version': dataVersion,
  disk,
  clock,
  configuration,
  'master key': masterKey,
  port,
  edge: ({ running, ask }) =>
    running?.what === 'core' ? skip('This core runs alone.') : role(running, ask.edge, 'Look at its log; calls do not work.'),
  core: ({ running, ask }) => role(running, ask.core, 'Look at its log; calls go on meanwhile.'),
  engines,
  journal,
}

/** Looks at everything, one thing at a time; a check that breaks is a finding too. */
export async function diagnose(patient: Patient, seen: (finding: Finding) => void): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [check, look] of Object.entries(CHECKS)) {
    const finding = { check, ...(await Promise.resolve(patient).then(look).catch(broken)) }
    seen(finding)
    findings.push(finding)
  }
  return findings
}

const ok = (message: string): Found => ({ status: 'ok', message })
const warn = (message: string, hint: string): Found => ({ status: 'warn', message, hint })
const fail = (message: string, hint: string): Found => ({ status: 'fail', message, hint })
const skip = (message: string): Found => ({ status: 'skip', message })
const broken = (error: unknown): Found =>
  error instanceof AppError
    ? fail(error.message, error.hint)
    : fail(error instanceof Error ? error.message : String(error), 'Correct what the message says and run the doctor again.')

const isNew = ({ environment }: Patient): boolean => readdirOrNone(environment.data).every((name) => name.endsWith('lock.json'))

function dataFolder(patient: Patient): Found {
  const { data } = patient.environment
  if (isNew(patient)) return ok(`${data} is not there yet; the first start makes it.`)
  accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK)
  const open = statSync(data).mode & 0o077
  if (open) return warn(`${data} can be read by other users of this machine.`, `chmod 700 ${data}`)
  return ok(data)
}

function dataVersion({ environment: { data } }: Patient): Found {
  const found = readDataVersion(data)
  if (assertDataVersion(data) === 'older')
    return ok('An older program wrote it; the next start makes a backup and then brings it up to date.')
  return ok(found ? `Version ${found.dataVersion}, written by Signalbox ${found.program}.` : 'A new folder.')
}

const GB = 1e9
async function disk(patient: Patient): Promise<Found> {
  const { data } = patient.environment
  const { bavail, blocks, bsize } = await statfs(isNew(patient) ? '.' : data)
  const free = bavail * bsize
  const message = `${(free / GB).toFixed(1)} GB of ${((blocks * bsize) / GB).toFixed(1)} GB are free.`
  if (free < 0.5 * GB)
    return fail(message, 'Free some space: with a full disk nothing is taken in (503), though nothing acknowledged is lost.')
  if (free < 5 * GB) return warn(message, 'Free some space, or move the data folder with SIGNALBOX_DATA.')
  return ok(message)
}

/** Time stamps of spans, sessions and links come from the clock; one that went back makes new rows look old. */
function clock({ environment: { data } }: Patient): Found {
  const now = Date.now()
  const written = Date.parse(readDataVersion(data)?.writtenAt ?? '')
  const newest = Math.max(
    written || 0,
    ...readdirOrNone(paths(data).journal).map((name) => statSync(join(paths(data).journal, name)).mtimeMs),
  )
  if (newest > now + 60_000) {
    return fail(
      `The clock shows ${new Date(now).toISOString()}, but the data folder was written at ${new Date(newest).toISOString()}.`,
      'Set the clock (timedatectl set-ntp true).',
    )
  }
  return ok(new Date(now).toISOString())
}

async function configuration({ environment: { configFile }, running }: Patient): Promise<Found> {
  const checked = await checkConfigFile(configFile, process.env).catch((error: unknown) => {
    if (running && error instanceof AppError) return error
    throw error
  })
  // What runs has read another one.
  if (checked instanceof AppError)
    return fail(`${checked.message}\nWhat was in effect before it was changed still is.`, 'Correct the file; it is read again at once.')
  const { projects, warnings } = checked
  const [first, ...rest] = warnings
  if (first) return warn(rest.length > 0 ? `${first} (and ${rest.length} more)` : first, 'See "signalbox config check".')
  return ok(projects.map(({ id, providers, models }) => `${id}: ${providers} providers, ${models} models`).join('; '))
}

function masterKey(patient: Patient): Found {
  const { data, masterKey: given, coreUrl } = patient.environment
  if (coreUrl) return skip('An edge with its core elsewhere seals with SIGNALBOX_CLUSTER_TOKEN.')
  const { masterKey: file, snapshot } = paths(data)
  if (!given && isNew(patient)) return ok('The first start makes one.')
  const key = given ?? readFileOrNone(file)?.toString('utf8').trim()
  if (!key) return fail(`There is no master key in ${file}.`, LOST_KEY)
  const sealed = readFileOrNone(snapshot)
  if (sealed && !unseal(sealed, key)) {
    return warn(
      `The master key does not open ${snapshot}, the edge's copy of its configuration.`,
      'Put the old key back, or leave it: the edge fetches a new copy from the core. Keys of providers that were added in the UI have to be saved again.',
    )
  }
  if (!given && statSync(file).mode & 0o077) return fail(`${file} can be read by other users of this machine.`, `chmod 600 ${file}`)
  return ok(given ? 'From SIGNALBOX_MASTER_KEY.' : file)
}

const LOST_KEY =
  'Put the old key back there (mode 600) or into SIGNALBOX_MASTER_KEY. If it is lost, start all the same: a new one is made. Sealed with it are ' +
  "the edge's copy of its configuration, which is fetched again, and the keys of providers that were added in the UI, which have to be saved " +
  'again; traces, keys and accounts stay readable.'

async function port({ environment: { host, port }, running }: Patient): Promise<Found> {
  if (running) return ok(`${host}:${port} is for process ${running.pid}.`)
  const { promise, resolve } = Promise.withResolvers<Found>()
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) =>
    resolve(
      error.code === 'EADDRINUSE'
        ? fail(
            `Something else is listening on ${host}:${port}.`,
            `Find it with "ss -ltnp sport = :${port}", or choose another port with SIGNALBOX_PORT.`,
          )
        : fail(`${host}:${port} cannot be used (${error.code}).`, 'Check SIGNALBOX_HOST and SIGNALBOX_PORT.'),
    ),
  )
  server.listen(port, host, () => server.close(() => resolve(ok(`${host}:${port} is free.`))))
  return await promise
}

async function role(running: Patient['running'], ask: () => Promise<number | undefined>, hint: string): Promise<Found> {
  if (!running) return skip('Signalbox is not running.')
  const status = await ask()
  if (status === 200) return ok('It answers that it is ready.')
  return status === undefined ? fail('It does not answer.', hint) : fail(`It answers ${status}: it is not ready.`, hint)
}

async function engines(patient: Patient): Promise<Found> {
  if (patient.running) return skip('The running core has them open; see above.')
  const { databaseUrl, clickhouseUrl, coreUrl } = patient.environment
  if (coreUrl) return skip('The core has them.')
  if (isNew(patient) && !databaseUrl && !clickhouseUrl) return skip('There are none yet.')
  const stores = await openStores(patient.environment)
  try {
    await Promise.all([stores.sql.query('select 1'), stores.events.query('select 1'), stores.keyValue.get('doctor')])
    return (await unreadableProviders(stores, patient)) ?? (await moneyProblems(stores)) ?? (await compareClocks(stores))
  } finally {
    await closeStores(stores)
  }
}

/** What the last comparison of ledger and spans found; nothing where all adds up, or the tables are not there yet. */
async function moneyProblems({ sql }: Stores): Promise<Found | undefined> {
  const [found] = await sql.query<{ name: string | null }>(`select to_regclass('reconciliations')::text as name`)
  if (!found?.name) return undefined
  const [first, ...rest] = await reconciliationProblems(sql)
  if (first === undefined) return undefined
  return warn(
    rest.length > 0 ? `${first} (and ${rest.length} more)` : first,
    'Look at GET /api/v1/reconciliation; give models without a price one under `prices`.',
  )
}

/** Names the providers whose keys the master key does not open; nothing where it opens all, or there is none to try. */
async function unreadableProviders({ sql }: Stores, { environment: { data, masterKey: given } }: Patient): Promise<Found | undefined> {
  const masterKey = given ?? readFileOrNone(paths(data).masterKey)?.toString('utf8').trim()
  const [table] = await sql.query<{ there: boolean }>(`select to_regclass('providers') is not null as there`)
  if (!masterKey || !table?.there) return undefined
  const rows = await sql.query<{ project_id: string; name: string; sealed: string | null }>(
    'select project_id, name, sealed from providers',
  )
  const names = rows
    .filter(({ project_id: projectId, name, sealed }) => unsealSecrets(sealed, { projectId, name }, masterKey) === undefined)
    .map((row) => `${row.project_id}/${row.name}`)
  if (names.length === 0) return undefined
  return warn(
    `The keys of these providers were sealed with another master key: ${names.join(', ')}.`,
    'Put the old master key back, or save their keys again on the Providers page.',
  )
}

async function compareClocks({ sql, events, keyValue, blobs }: Stores): Promise<Found> {
  const [row] = await sql.query<{ ms: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms')
  const away = Math.abs(Number(row?.ms) - Date.now())
  const message = `${sql.engine}, ${events.engine}, ${keyValue.engine}, ${blobs.engine} open and answer.`
  if (away > 30_000)
    return warn(`${message} The database's clock is ${Math.round(away / 1000)} s away from this machine's.`, 'Set both by NTP.')
  return ok(message)
}

const MB = 1e6
function journal({ environment: { data }, running }: Patient): Found {
  const folder = paths(data).journal
  if (readdirOrNone(folder).length === 0) return ok('Nothing waits.')
  const { acked } = readCursor(folder)
  const bytes = listSegments(folder)
    .filter((segment) => segment >= acked.segment)
    .reduce((sum, segment) => sum + statSync(segmentPath(folder, segment)).size - (segment === acked.segment ? acked.offset : 0), 0)
  const message = `${(bytes / MB).toFixed(1)} MB wait for the core.`
  if (bytes > 100 * MB && running) return warn(message, 'The core takes in less than arrives, or is down: look at its log and at the CPU.')
  return ok(running || bytes === 0 ? message : `${message} They are sent after the next start.`)
}

function readdirOrNone(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function readFileOrNone(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
