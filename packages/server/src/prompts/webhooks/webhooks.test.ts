import { describe } from 'vitest'
import { withServer } from '../../../../../tests/servers/or-skip.ts'
import { startPostgres } from '../../../../../tests/servers/postgres.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { openPostgres } from '../../store/sql/postgres.ts'
import { webhookContract } from './webhooks.case.ts'

describe('on PGlite', () => webhookContract(() => openPglite('memory')))
withServer('on Postgres', await startPostgres(), (url) => webhookContract(() => openPostgres(url)))
