import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import type { Extract } from 'tar-stream'

/**
 * A database that nothing was written into, as `initdb` makes it: the build puts it beside the program, as a tar, since making one takes
 * three seconds and a gigabyte of memory. Undefined where the program runs from its sources and was never built with this engine.
 */
export function emptyDatabase(): string | undefined {
  const engine = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const { version } = JSON.parse(readFileSync(join(dirname(engine), '../package.json'), 'utf8')) as { version: string }
  const file = fileURLToPath(new URL(`../../../dist/empty-database-${version}.tar.gz`, import.meta.url))
  return existsSync(file) ? file : undefined
}

/** Writes what is in the tar into a folder that is not there yet. */
export async function unpack(file: string, folder: string): Promise<void> {
  const { extract } = await import('tar-stream')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const tar = extract()
  await Promise.all([pipeline(createReadStream(file), createGunzip(), tar), write(tar, folder)])
}

async function write(tar: Extract, folder: string): Promise<void> {
  for await (const entry of tar) {
    const path = resolve(folder, entry.header.name)
    if (relative(folder, path).startsWith('..')) throw new Error(`The archive has a file outside of its folder: ${entry.header.name}`)
    if (entry.header.type === 'directory') {
      await mkdir(path, { recursive: true, mode: 0o700 })
      entry.resume()
    } else await writeFile(path, await buffer(entry), { mode: 0o600 })
  }
}
