// Writes docs/errors.md from the closed list of errors: `node scripts/errors-page.ts`. A test compares the two.
import { writeFileSync } from 'node:fs'
import { errorsPage } from './lib/errors-page.ts'

writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsPage())
