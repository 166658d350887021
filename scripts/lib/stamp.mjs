import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

/** What each half of the build is made of, and where it goes. Paths are relative to the root of the workspace. */
const PARTS = {
  server: {
    sources: [
      'packages/schema/src',
      'packages/sdk/src',
      'packages/server/src',
      'scripts/build.mjs',
      'scripts/lib/empty-database.mjs',
      'package-lock.json',
    ],
    output: 'packages/server/dist',
    entry: 'main.js',
  },
  web: {
    sources: [
      'packages/schema/src',
      'packages/sdk/src',
      'packages/web/src',
      'packages/web/public',
      'packages/web/index.html',
      'packages/web/vite.config.ts',
      'package-lock.json',
    ],
    output: 'packages/web/dist',
    entry: 'index.html',
  },
}
export const partNames = Object.keys(PARTS)
export const outputOf = (part) => join(root, PARTS[part].output)

const stampFile = (part) => join(outputOf(part), '.stamp')

/** True when the part was built from exactly these sources. */
export const isBuilt = (part) =>
  existsSync(join(outputOf(part), PARTS[part].entry)) &&
  existsSync(stampFile(part)) &&
  readFileSync(stampFile(part), 'utf8') === fingerprintOf(part)

export const writeStamp = (folder, fingerprint) => writeFileSync(join(folder, '.stamp'), fingerprint)

/** Path, size and time of change of every source that is not a test. Take it before the build: what changes meanwhile is built again. */
export function fingerprintOf(part) {
  const hash = createHash('sha256')
  for (const source of PARTS[part].sources) {
    for (const file of filesOf(source)) {
      if (/\.(test|case)\.tsx?$/.test(file)) continue
      const { size, mtimeMs } = statSync(join(root, file))
      hash.update(`${file}\n${size}\n${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

function filesOf(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]))
}
