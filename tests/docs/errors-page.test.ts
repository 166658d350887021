import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { errorsPage } from '../../scripts/lib/errors-page.ts'

it('lists every error in docs/errors.md as it is in the code', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  expect(page, 'Run: node scripts/errors-page.ts').toBe(errorsPage())
})
