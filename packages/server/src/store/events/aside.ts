import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { AppError } from '@signalbox/schema'
import type { Events } from '../ports.ts'
import { readFailure } from './failure.ts'
import { type InTurn, inTurn } from './in-turn.ts'
import { ASIDE_SETTINGS } from './settings.ts'

type Settings = Record<string, string | number>
type Purpose = Parameters<Events['aside']>[0]
export type Connect = (settings: Settings) => Promise<ClickHouseClient>
export type Aside = Pick<Events, 'aside' | 'asideToFile'> & { hide(filters: string | undefined): Promise<void>; close(): Promise<void> }

/** More that wait for the one connection of a purpose would wait longer than anybody does. */
const MOST_WAITING = 8

/**
 * Reads that must not hold up the others: one at a time for each purpose, on a connection of its own, whose limits are set as it is
 * opened and hold until it is closed. It is opened when it is first needed, and anew when other rows are to be hidden.
 */
export function createAside({ connect, embedded }: { connect: Connect; embedded: boolean }): Aside {
  const open = new Map<Purpose, Promise<{ client: ClickHouseClient; reading: InTurn }>>()
  const queues = new Map<Purpose, { waiting: number; last: Promise<unknown> }>()
  let hidden: string | undefined

  async function connected(purpose: Purpose): Promise<ClickHouseClient> {
    const { readonly, ...settings } = ASIDE_SETTINGS[purpose]
    if (!embedded) return connect({ ...ASIDE_SETTINGS[purpose], ...(hidden !== undefined && { additional_table_filters: hidden }) })
    const client = await connect(settings)
    if (hidden !== undefined) await client.command({ query: `SET additional_table_filters = ${hidden}` })
    // Last: from here on nothing can be set any more.
    if (readonly !== undefined) await client.command({ query: `SET readonly = ${readonly}` })
    return client
  }

  async function opened(purpose: Purpose) {
    const client = await connected(purpose)
    return { client, reading: embedded ? inTurn(client) : <T>(ask: (client: ClickHouseClient) => Promise<T>) => ask(client) }
  }

  async function queued<T>(purpose: Purpose, work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    const queue = queues.get(purpose) ?? { waiting: 0, last: Promise.resolve() }
    queues.set(purpose, queue)
    if (queue.waiting >= MOST_WAITING)
      throw new AppError('rate-limited', 'Too many such queries wait already.', {
        retryAfterSeconds: 5,
        hint: 'Wait until those before are answered.',
      })
    queue.waiting++
    const run = queue.last.then(async () => {
      const connection = open.get(purpose) ?? opened(purpose)
      open.set(purpose, connection)
      connection.catch(() => open.delete(purpose))
      return (await connection).reading(work)
    })
    queue.last = run.catch(() => {})
    try {
      return await run
    } catch (error) {
      throw error instanceof AppError ? error : readFailure(error)
    } finally {
      queue.waiting--
    }
  }

  /** Behind whatever runs on it. */
  async function drop(purpose: Purpose): Promise<void> {
    const queue = queues.get(purpose)
    const connection = open.get(purpose)
    if (!queue || !connection) return
    open.delete(purpose)
    queue.last = queue.last.then(async () => (await connection).client.close()).catch(() => {})
    await queue.last
  }
  const dropAll = async (): Promise<void> => void (await Promise.all([...open.keys()].map(drop)))

  return {
    aside: (purpose, text, { params, format }) =>
      queued(purpose, async (client) => {
        const { stream } = await client.exec({ query: `${text} FORMAT ${format}`, ...(params && { query_params: params }) })
        const pieces: Buffer[] = []
        for await (const piece of stream) pieces.push(piece as Buffer)
        return Buffer.concat(pieces)
      }),
    asideToFile: (path, text, params) =>
      queued('file', async (client) => {
        const given = params && { query_params: params }
        // The embedded engine answers in one piece, so it writes the file itself; a server stands elsewhere, and answers bit by bit.
        if (embedded)
          return void (await client.command({ query: `INSERT INTO FUNCTION file(${quote(path)}, 'Parquet') ${text}`, ...given }))
        const { stream } = await client.exec({ query: `${text} FORMAT Parquet`, ...given })
        await pipeline(stream, createWriteStream(path))
      }),
    async hide(filters) {
      hidden = filters
      await dropAll()
    },
    close: dropAll,
  }
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
