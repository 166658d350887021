import { AppError } from '@signalbox/schema'
import { Redis } from 'ioredis'
import type { KeyValue } from '../ports.ts'
import { checkStep, checkTtl, notACounter } from './check.ts'

/** KEYS: key; ARGV: step, milliseconds. The time to live starts with the first addition. */
const INCREMENT = `
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return sum`
/** KEYS: key; ARGV: owner, milliseconds. The owner may take it again, which renews it. */
const ACQUIRE = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`

/** Opens Redis or Valkey: `redis://:password@host:6379/0`, `rediss://` for TLS. Import this file only when it is asked for. */
export async function openRedis(url: string): Promise<KeyValue> {
  const redis = await connect(url)
  const run = (script: string, key: string, args: (string | number)[]) =>
    redis.eval(script, 1, key, ...args).catch((error: Error) => {
      throw /not an integer|overflow/.test(error.message) ? notACounter(key, error) : unavailable(error)
    })
  return {
    engine: 'redis',
    get: async (key) => (await redis.get(key).catch(fail)) ?? undefined,
    async set(key, value, ttlSeconds) {
      await redis.set(key, value, 'PX', checkTtl(ttlSeconds)).catch(fail)
    },
    async delete(key) {
      await redis.del(key).catch(fail)
    },
    async increment(key, by, ttlSeconds) {
      return Number(await run(INCREMENT, key, [checkStep(by), checkTtl(ttlSeconds)]))
    },
    async acquire(key, owner, ttlSeconds) {
      return (await run(ACQUIRE, key, [owner, checkTtl(ttlSeconds)])) === 1
    },
    async [Symbol.asyncDispose]() {
      await redis.quit().catch(() => redis.disconnect())
    },
  }
}

async function connect(url: string): Promise<Redis> {
  if (!/^rediss?:\/\//.test(url))
    throw new AppError('invalid-request', 'REDIS_URL is not a Redis address.', { hint: 'Write it as redis://:password@host:6379/0.' })
  let lastError: Error | undefined
  let connected = false
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5000,
    maxRetriesPerRequest: 1,
    keyPrefix: 'signalbox:',
    // Gives up while starting, so that a wrong address is an error; later it comes back by itself.
    retryStrategy: (times) => (connected ? Math.min(times * 100, 2000) : null),
  })
  // ioredis wants a listener; what fails is reported by the command that meets it.
  redis.on('error', (error: Error) => {
    lastError = error
  })
  try {
    await redis.connect()
    await redis.ping()
    connected = true
    return redis
  } catch (error) {
    redis.disconnect()
    throw unavailable(lastError ?? error, 'Check REDIS_URL, and that the server accepts connections from here.')
  }
}

const fail = (error: unknown): never => {
  throw unavailable(error)
}
const unavailable = (cause: unknown, hint?: string) =>
  new AppError('unavailable', `Redis does not answer: ${cause instanceof Error ? cause.message : cause}`, { cause, ...(hint && { hint }) })
