import { describe } from 'vitest'
import { withServer } from '../../../../tests/servers/or-skip.ts'
import { startPostgres } from '../../../../tests/servers/postgres.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { openPostgres } from '../store/sql/postgres.ts'
import { atEdgesContract } from './at-edges.case.ts'
import { promptContract } from './contract.case.ts'

describe('on PGlite', () => {
  promptContract(() => openPglite('memory'))
  describe('at edges', () => atEdgesContract(() => openPglite('memory')))
})
withServer('on Postgres', await startPostgres(), (url) => {
  promptContract(() => openPostgres(url))
  describe('at edges', () => atEdgesContract(() => openPostgres(url)))
})
