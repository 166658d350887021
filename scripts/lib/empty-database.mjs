import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { root } from './root.mjs'
import { run } from './run.mjs'

const engine = join(root, 'node_modules/@electric-sql/pglite')
const initdb = join(root, 'packages/server/src/store/sql/initdb.mjs')

/**
 * The tar of a database that nothing was written into, made by the engine that is installed; once for each of its versions. Its name
 * says for which. See packages/server/src/store/sql/empty-database.ts.
 */
export async function emptyDatabase() {
  const { version } = JSON.parse(readFileSync(join(engine, 'package.json'), 'utf8'))
  const kept = join(root, 'node_modules/.cache/signalbox')
  const file = join(kept, `empty-database-${version}.tar.gz`)
  if (existsSync(file)) return file
  mkdirSync(kept, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'empty-database-'))
  const next = join(kept, `.${process.pid}-${basename(file)}`)
  try {
    const made = join(folder, 'db')
    await run(process.execPath, [initdb, join(engine, 'dist/index.cjs'), made])
    const { pack: newPack } = await import('tar-stream')
    const pack = newPack()
    const written = pipeline(pack, createGzip({ level: 9 }), createWriteStream(next))
    for (const entry of readdirSync(made, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name)
      const name = path.slice(made.length + 1)
      if (entry.isDirectory()) pack.entry({ name, type: 'directory' })
      else pack.entry({ name }, readFileSync(path))
    }
    pack.finalize()
    await written
    renameSync(next, file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    rmSync(next, { force: true })
  }
  return file
}
