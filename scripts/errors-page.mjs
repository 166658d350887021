// Writes docs/errors.md from the closed list of errors: `node scripts/errors-page.mjs`. A test compares the two.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorsPage } from './lib/errors-page.mjs'
import { root } from './lib/root.mjs'

writeFileSync(join(root, 'docs/errors.md'), await errorsPage())
