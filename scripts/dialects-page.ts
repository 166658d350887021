// Writes docs/dialects.md from the codecs: `node --conditions=source scripts/dialects-page.ts`. A test compares the two.
import { writeFileSync } from 'node:fs'
import { dialectsPage } from './lib/dialects-page.ts'

writeFileSync(new URL('../docs/dialects.md', import.meta.url), dialectsPage())
