// `node scripts/complete-lock.mjs`: adds what npm left out of package-lock.json. `npm run check` says when that is needed (`--check`).
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { missingOptional, optionalEntry } from './lib/lock-file.mjs'
import { root } from './lib/root.mjs'

const file = join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = missingOptional(lock)
if (argv.includes('--check')) {
  for (const name of missing.keys()) console.error(`package-lock.json has no entry for ${name}.`)
  if (missing.size > 0) console.error('Run: node scripts/complete-lock.mjs')
  process.exitCode = missing.size > 0 ? 1 : 0
} else if (missing.size > 0) {
  for (const [name, version] of missing) lock.packages[`node_modules/${name}`] = optionalEntry(name, version)
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`Added ${[...missing.keys()].join(', ')}.`)
}
