import { mkdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client'
import { AppError } from '@signalbox/schema'
import type { Events } from '../ports.ts'
import { type Aside, createAside } from './aside.ts'
import { readFailure, writeFailure } from './failure.ts'
import { type InTurn, inTurn } from './in-turn.ts'
import { ENGINE_ARGS, READ_SETTINGS, WRITE_SETTINGS } from './settings.ts'
import { wholeParts } from './whole-parts.ts'

/**
 * Opens the events store: the embedded engine on a folder (one process per folder), or a ClickHouse server.
 * Both are driven by the same client, on two connections, so that a heavy read does not hold up a write.
 */
export async function openEvents(where: { folder: string; warn?: (what: string) => void } | { url: string }): Promise<Events> {
  const { engine, reads, writes, inserting, close, sessionOfReads, aside } =
    'folder' in where ? await openFolder(where.folder, where.warn) : openServer(where.url)
  const reading: InTurn = sessionOfReads ? inTurn(reads) : (ask) => ask(reads)
  // A server keeps no session between requests, so there the setting goes with each of them.
  let hidden: ClickHouseSettings | undefined
  return {
    engine,
    async query(text, params) {
      try {
        return await reading(async (client) => {
          const result = await client.query({
            query: text,
            format: 'JSONEachRow',
            ...(params && { query_params: params }),
            ...(hidden && { clickhouse_settings: hidden }),
          })
          return await result.json()
        })
      } catch (error) {
        throw readFailure(error)
      }
    },
    async command(text, params) {
      try {
        await writes.command({ query: text, ...(params && { query_params: params }) })
      } catch (error) {
        throw readFailure(error)
      }
    },
    async insert(table, lines, token) {
      if (!/^[A-Za-z_]\w*$/.test(table)) throw new AppError('invalid-request', `"${table}" is not a table name.`)
      if (lines.length === 0) return
      // In the statement, not in the settings of the connection: there it would outlive this insert.
      const query = `INSERT INTO ${table} SETTINGS insert_deduplication_token = ${quote(token)} FORMAT JSONEachRow`
      try {
        await inserting(async () => {
          const { stream } = await writes.exec({ query, values: Readable.from([lines.join('\n')]) })
          stream.resume()
        })
      } catch (error) {
        throw error instanceof AppError ? error : writeFailure(error)
      }
    },
    async hide(conditions) {
      const filters = `{${Object.entries(conditions).map(([table, condition]) => `${quote(table)}: ${quote(condition)}`)}}`
      // Not awaited: a long export may be under way there. What is asked from now on goes by the new conditions.
      aside.hide(Object.keys(conditions).length > 0 ? filters : undefined).catch(() => {})
      if (sessionOfReads) await reads.command({ query: `SET additional_table_filters = ${filters}` })
      else
        hidden = Object.keys(conditions).length > 0 ? ({ additional_table_filters: filters } as unknown as ClickHouseSettings) : undefined
    },
    aside: aside.aside,
    asideToFile: aside.asideToFile,
    [Symbol.asyncDispose]: close,
  }
}

/** What fails is thrown, so the client need not write it to the console as well, with all that was sent. */
const log = { level: ClickHouseLogLevel.OFF }

type EmbeddedConnection = NonNullable<ClickHouseClientConfigOptions['connection']>
type Opened = {
  engine: string
  reads: ClickHouseClient
  writes: ClickHouseClient
  /** Runs an insert, and throws as well when the engine says that it went well and it did not. */
  inserting: (run: () => Promise<void>) => Promise<void>
  /** What is set on the reading connection holds for all that is asked on it. */
  sessionOfReads: boolean
  aside: Aside
  close: () => Promise<void>
}

/** Well within the time for which the engine keeps the parts that it merged. */
const SWEEP_MS = 60_000

/** The engine is loaded here and nowhere else: 160 MB that no other process should carry. */
async function openFolder(folder: string, warn: (what: string) => void = () => {}): Promise<Opened> {
  const [{ Session, drainPending }, { createChdbConnection }] = await Promise.all([import('chdb'), import('chdb/connection')])
  mkdirSync(folder, { recursive: true })
  const keeper = start(() => new Session(folder, { connectionArgs: ENGINE_ARGS }), folder)
  const connect = async (settings: Record<string, string | number>) => {
    // The same interface from two copies of its declaration, of which only the private fields differ.
    const connection = createChdbConnection({ path: folder }) as unknown as EmbeddedConnection
    const client = createClient({ connection, log })
    await client.command({ query: `SET ${Object.entries(settings).map(([name, value]) => `${name} = ${quote(String(value))}`)}` })
    return client
  }
  const reads = await connect(READ_SETTINGS)
  const writes = await connect(WRITE_SETTINGS)
  const aside = createAside({ connect, embedded: true })
  const parts = await wholeParts(writes, warn)
  const sweeps = setInterval(() => parts.sweep().catch((error: unknown) => warn(String(error))), SWEEP_MS).unref()
  const close = async () => {
    clearInterval(sweeps)
    await drainPending()
    await aside.close()
    await reads.close()
    await writes.close()
    keeper.close()
    await drainPending()
  }
  return { engine: `chdb ${await version(reads)}`, reads, writes, inserting: parts.insert, sessionOfReads: true, aside, close }
}

/** The engine writes its own reason to standard error and tells the caller only that it failed. */
function start<T>(open: () => T, folder: string): T {
  try {
    return open()
  } catch (cause) {
    throw new AppError('conflict', `The events folder ${folder} cannot be opened: another process has it open, or it cannot be read.`, {
      cause,
      hint: 'End the other process. The line of the engine above this one says what it found.',
    })
  }
}

/** Nothing is sent before the first query, so a server that is away is an error of that query. */
function openServer(url: string): Opened {
  const connect = (settings: Record<string, string | number>) =>
    createClient({
      url,
      request_timeout: 150_000,
      clickhouse_settings: settings as ClickHouseSettings,
      application: 'signalbox',
      log,
      // Hundreds of ids do not fit into a URL that a proxy lets pass.
      use_multipart_params_auto: true,
    })
  const reads = connect(READ_SETTINGS)
  const writes = connect(WRITE_SETTINGS)
  const aside = createAside({ connect: async (settings) => connect(settings), embedded: false })
  const close = async () => {
    await aside.close()
    await reads.close()
    await writes.close()
  }
  return { engine: 'clickhouse', reads, writes, inserting: (run) => run(), sessionOfReads: false, aside, close }
}

async function version(client: ClickHouseClient): Promise<string> {
  const result = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' })
  const [row] = await result.json<{ version: string }>()
  return row?.version ?? ''
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
