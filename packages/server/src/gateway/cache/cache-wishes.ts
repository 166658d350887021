import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '@signalbox/schema'

/** What a client wants of the cache: whether a kept answer may be given, how old in seconds at most, and whether its answer may be kept. */
export type Wishes = { read: boolean; keep: boolean; maxAge: number }

const ANYTHING: Wishes = { read: true, keep: true, maxAge: Number.POSITIVE_INFINITY }
const NO_CACHE: Wishes = { ...ANYTHING, read: false }
const NO_STORE: Wishes = { ...NO_CACHE, keep: false }
const OURS: Readonly<Record<string, Wishes>> = { 'no-cache': NO_CACHE, refresh: NO_CACHE, 'no-store': NO_STORE }

/** Reads `x-signalbox-cache`, else `cache-control` as RFC 9111 has it for requests, of which the directives of others say nothing. */
export function wishesOf(headers: IncomingHttpHeaders): Wishes {
  const ours = headers['x-signalbox-cache']
  if (typeof ours === 'string' && ours !== '') {
    const wishes = Object.hasOwn(OURS, ours) ? OURS[ours] : undefined
    if (wishes) return wishes
    throw new AppError('invalid-request', `The header x-signalbox-cache is ${JSON.stringify(ours)}.`, {
      hint: `Use ${Object.keys(OURS).join(', ')}.`,
    })
  }
  const standard = headers['cache-control']
  if (!standard) return ANYTHING
  const directives = standard
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
  if (directives.includes('no-store')) return NO_STORE
  if (directives.includes('no-cache')) return NO_CACHE
  const age = directives.map((one) => /^max-age="?(\d+)"?$/.exec(one)?.[1]).find((one) => one !== undefined)
  return age === undefined ? ANYTHING : { ...ANYTHING, maxAge: Number(age) }
}
