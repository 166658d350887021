import { copyFile, link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Environment, paths } from '../../environment.ts'
import type { Stores } from '../../store/ports.ts'
import { type FrozenEvents, freezeEvents, newestEventsMigration } from './events-dump.ts'
import type { SqlTable } from './manifest.ts'
import { packLines, pageName } from './pages.ts'
import { frozen, newestSqlMigration, sqlPages, sqlTables } from './sql-dump.ts'

export type FrozenFile = { name: string; path: string; bytes: number }
/** The state of everything at one moment, kept until `release`. */
export type Frozen = {
  sql: SqlTable[]
  sqlPages: FrozenFile[]
  events: FrozenEvents
  journal: FrozenFile[]
  migrations: { sql: number; events: number }
  release(): Promise<void>
}

/**
 * Takes the state of all stores while nothing is applied to them: the small rows are written into `folder`, tables of events are
 * cloned, the edge's journal is linked. That takes moments, so the work that waits does not wait for the copying.
 */
export async function freeze(stores: Stores, { data }: Environment, folder: string): Promise<Frozen> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const {
    tables: sql,
    files,
    newest,
  } = await frozen(stores.sql, async (session) => {
    const tables: SqlTable[] = []
    const files: FrozenFile[] = []
    for (const table of await sqlTables(session)) {
      let rows = 0
      let page = 0
      for await (const lines of sqlPages(session, table)) {
        rows += lines.length
        files.push(await spool(folder, pageName('sql', table.table, ++page), await packLines(lines)))
      }
      tables.push({ ...table, rows })
    }
    return { tables, files, newest: await newestSqlMigration(session) }
  })
  const journal = await freezeJournal(paths(data).journal, folder)
  const events = await freezeEvents(stores.events)
  return {
    sql,
    sqlPages: files,
    events,
    journal,
    migrations: { sql: newest, events: await newestEventsMigration(stores.events) },
    release: async () => {
      await events.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function spool(folder: string, name: string, body: Buffer): Promise<FrozenFile> {
  const path = join(folder, name.replaceAll('/', '~'))
  await writeFile(path, body, { mode: 0o600 })
  return { name, path, bytes: body.length }
}

/** Segments only grow, so a link and the length of now are a copy. The cursor comes first: nothing behind it may be missing. */
async function freezeJournal(journal: string, folder: string): Promise<FrozenFile[]> {
  const names = await readdir(journal).catch(() => [])
  const wanted = names.filter((name) => name === 'cursor.json' || name.endsWith('.log'))
  const files: FrozenFile[] = []
  for (const name of wanted.sort((a, b) => Number(a.endsWith('.log')) - Number(b.endsWith('.log')) || (a < b ? -1 : 1))) {
    const path = join(folder, `journal~${name}`)
    await link(join(journal, name), path).catch(() => copyFile(join(journal, name), path))
    files.push({ name: `edge/journal/${name}`, path, bytes: (await stat(path)).size })
  }
  return files
}
