import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { argv } from 'node:process'
import { promisify } from 'node:util'

const ROOT = resolve(import.meta.dirname, '..')
const STORE = 'packages/server/src/store'
const KEPT = join(ROOT, 'node_modules/.cache/signalbox')
const run = promisify(execFile)

/**
 * Puts engines into a new data folder on which all migrations have run and nothing else has: what the first start of a program makes,
 * in a tenth of the time. They are made once for each state of the sources and engines. A program that is given no such folder makes
 * them itself, which several tests see to.
 */
export async function putEmptyStores(data: string): Promise<void> {
  const made = join(KEPT, `empty-stores-${fingerprint()}`)
  if (!existsSync(made)) await make(made)
  await run('cp', ['-R', `${made}/.`, data])
}

async function make(folder: string): Promise<void> {
  await mkdir(KEPT, { recursive: true })
  const next = await mkdtemp(join(KEPT, '.empty-stores-'))
  try {
    await run(process.execPath, ['--conditions=source', '--liftoff-only', import.meta.filename, next])
    // Whoever comes second finds it there.
    await rename(next, folder).catch(() => {})
  } finally {
    await rm(next, { recursive: true, force: true })
  }
}

let found: string | undefined
/** Of everything that decides what is in the folder. */
function fingerprint(): string {
  if (found) return found
  const hash = createHash('sha256').update(readFileSync(import.meta.filename))
  const files = globSync(`${STORE}/**/*.{ts,sql,mjs}`, { cwd: ROOT }).filter((file) => !/\.(test|case)\.ts$/.test(file))
  const engines = ['chdb', '@electric-sql/pglite'].map((name) => `node_modules/${name}/package.json`)
  for (const file of [...files.sort(), ...engines]) hash.update(file).update(readFileSync(join(ROOT, file)))
  found = hash.digest('hex').slice(0, 20)
  return found
}

/** `node empty-stores.ts FOLDER`, in a process of its own: engines keep much memory for themselves. */
if (argv[1] === import.meta.filename) {
  const [{ openPglite }, { migrate }, { openEvents }, { migrateEvents }] = await Promise.all([
    import('../packages/server/src/store/sql/pglite.ts'),
    import('../packages/server/src/store/sql/migrate.ts'),
    import('../packages/server/src/store/events/open.ts'),
    import('../packages/server/src/store/events/migrate.ts'),
  ])
  const folder = argv[2] ?? ''
  const sql = await openPglite(join(folder, 'sql'))
  await migrate(sql)
  await sql[Symbol.asyncDispose]()
  const events = await openEvents({ folder: join(folder, 'events') })
  await migrateEvents(events)
  await events[Symbol.asyncDispose]()
  process.exit(0)
}
