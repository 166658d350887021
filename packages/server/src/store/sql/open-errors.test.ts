import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { openRedis } from '../key-value/redis.ts'
import { readMigrations } from './migrate.ts'
import { openPostgres } from './postgres.ts'

const closedPort = await new Promise<number>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 1))
  })
})

test.each([
  ['postgres', openPostgres, `postgres://u:hidden-password@127.0.0.1:${closedPort}/x`, 'unavailable', 'DATABASE_URL'],
  ['redis', openRedis, `redis://:hidden-password@127.0.0.1:${closedPort}`, 'unavailable', 'REDIS_URL'],
  ['redis', openRedis, 'localhost:6379', 'invalid-request', 'redis://'],
])('%s says what to do when it cannot be opened', async (_, open, url, code, hint) => {
  const error = await open(url).then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toMatchObject({ name: 'AppError', code, hint: expect.stringContaining(hint) })
  expect(error.message).not.toContain('hidden-password')
})

test('finds the migrations that ship with the program', async () => {
  const migrations = await readMigrations()
  expect(migrations[0]).toMatchObject({ version: 1, name: '0001_access' })
  expect(new Set(migrations.map((migration) => migration.version)).size).toBe(migrations.length)
})
