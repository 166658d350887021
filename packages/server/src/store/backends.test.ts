import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe } from 'vitest'
import { withServer } from '../../../../tests/servers/or-skip.ts'
import { startPostgres } from '../../../../tests/servers/postgres.ts'
import { startRedis } from '../../../../tests/servers/redis.ts'
import { startS3 } from '../../../../tests/servers/s3.ts'
import { openFolder } from './blobs/folder.ts'
import { openS3 } from './blobs/s3.ts'
import { blobsContract } from './contract/blobs.case.ts'
import { keyValueContract } from './contract/key-value.case.ts'
import { sqlContract } from './contract/sql.case.ts'
import { openDisk } from './key-value/disk.ts'
import { memoryKeyValue } from './key-value/memory.ts'
import { openRedis } from './key-value/redis.ts'
import { openPglite } from './sql/pglite.ts'
import { openPostgres } from './sql/postgres.ts'

const folder = await mkdtemp(join(tmpdir(), 'signalbox-backends-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const [postgres, redis, s3] = await Promise.all([startPostgres(), startRedis(), startS3()])
afterAll(s3.stop)

describe('sql: pglite in a folder', () => sqlContract({ open: () => openPglite(join(folder, 'sql')) }))
withServer('sql: postgres', postgres, (url) => sqlContract({ open: () => openPostgres(url), openAgain: () => openPostgres(url) }))

describe('key-value: memory', () => {
  let now = 1_000_000
  const pass = async (ms: number) => {
    now += ms
  }
  keyValueContract({ open: async () => memoryKeyValue({ now: () => now }), pass })
})
describe('key-value: disk', () => {
  let now = 1_000_000
  const pass = async (ms: number) => {
    now += ms
  }
  keyValueContract({ open: () => openDisk({ folder: join(folder, 'kept'), now: () => now }), pass })
})
withServer('key-value: redis', redis, (url) => keyValueContract({ open: () => openRedis(url), pass: (ms) => wait(ms) }))

describe('blobs: folder', () => blobsContract(() => openFolder(join(folder, 'blobs'))))
describe('blobs: s3', () => blobsContract(() => openS3(`${s3.url}/prefix/${randomUUID()}`)))
