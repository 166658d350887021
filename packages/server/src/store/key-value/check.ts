import { AppError } from '@signalbox/schema'

/** Both backends refuse the same things, so that what works in memory works on Redis. */
export function checkTtl(ttlSeconds: number): number {
  const ms = Math.round(ttlSeconds * 1000)
  if (ms >= 1 && ms <= Number.MAX_SAFE_INTEGER) return ms
  throw new AppError('internal', `A time to live of ${ttlSeconds} s is not a positive number.`)
}

export function checkStep(by: number): number {
  if (Number.isSafeInteger(by)) return by
  throw new AppError('internal', `A counter takes whole numbers, and ${by} is not one.`)
}

export const notACounter = (key: string, cause?: unknown) =>
  new AppError('internal', `The key ${key} holds text, so it cannot be counted.`, { cause })
