import { type Environment, paths } from '../environment.ts'
import type { Stores } from '../store/ports.ts'

/** Picks the backend of each port: a server where the environment names one, else the embedded engine. Imports only what is picked. */
export async function openStores(environment: Environment, warn: (what: string) => void = () => {}): Promise<Stores> {
  const where = paths(environment.data)
  const { databaseUrl, clickhouseUrl, redisUrl, blobsUrl } = environment
  const { openEvents } = await import('../store/events/open.ts')
  const [sql, events, keyValue, blobs] = await Promise.all([
    databaseUrl
      ? import('../store/sql/postgres.ts').then(({ openPostgres }) => openPostgres(databaseUrl))
      : import('../store/sql/pglite.ts').then(({ openPglite }) => openPglite(where.sql)),
    openEvents(clickhouseUrl ? { url: clickhouseUrl } : { folder: where.events, warn }),
    redisUrl
      ? import('../store/key-value/redis.ts').then(({ openRedis }) => openRedis(redisUrl))
      : import('../store/key-value/memory.ts').then(({ memoryKeyValue }) => memoryKeyValue()),
    blobsUrl
      ? import('../store/blobs/s3.ts').then(({ openS3 }) => openS3(blobsUrl))
      : import('../store/blobs/folder.ts').then(({ openFolder }) => openFolder(where.blobs)),
  ])
  return { sql, events, keyValue, blobs }
}

export async function closeStores({ sql, events, keyValue, blobs }: Stores): Promise<void> {
  for (const store of [events, sql, keyValue, blobs]) await store[Symbol.asyncDispose]()
}
