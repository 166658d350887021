import { setTimeout as sleep } from 'node:timers/promises'
import { type Checked, checkStore } from './check-store.ts'
import { send, startTraffic } from './traffic.ts'
import type { Count, World } from './world.ts'

export type CoreDown = Checked & {
  /** What readers got meanwhile: path, status, content type, `retry-after`. */
  readers: { path: string; status: number; contentType: string; retryAfter: string; code: string }[]
  /** The simulator's own account of these calls. */
  count: Count
  seconds: number
}

/** Kills the core as often as it comes back, for some seconds, while calls and spans go on; then holds clients, provider and store against each other. */
export async function coreDown(world: World, options: { name: string; seconds: number }): Promise<CoreDown> {
  const { signalbox } = world
  const before = await world.count()
  signalbox.killRole('core')
  const traffic = startTraffic({
    url: signalbox.url,
    secretKey: signalbox.secretKey,
    name: options.name,
    callers: 4,
    ingesters: 1,
    pauseMs: 20,
  })
  const until = Date.now() + options.seconds * 1000
  const readers: CoreDown['readers'] = []
  while (Date.now() < until) {
    if (signalbox.pidOf('core') !== undefined) signalbox.killRole('core')
    if (readers.length < 4) for (const path of ['/api/v1/traces', '/']) readers.push(await read(signalbox.url, path))
    await sleep(50)
  }
  const seen = await traffic.stop()
  // The supervisor waits up to half a minute before it tries again, and then there is much to catch up with.
  await world.settled(60_000 + options.seconds * 4000)
  const after = await world.count()
  return { ...(await checkStore(world, seen, options.name)), readers, count: difference(after, before), seconds: options.seconds }
}

async function read(url: string, path: string): Promise<CoreDown['readers'][number]> {
  const { status, headers, text } = await send(url + path, { method: 'GET' })
  const code = /"code":"([\w-]+)"/.exec(text)?.[1] ?? ''
  return { path, status, contentType: String(headers['content-type']), retryAfter: String(headers['retry-after']), code }
}

const difference = (after: Count, before: Count): Count => ({
  calls: after.calls - before.calls,
  inputTokens: after.inputTokens - before.inputTokens,
  outputTokens: after.outputTokens - before.outputTokens,
  nanoUsd: after.nanoUsd - before.nanoUsd,
  byOutcome: {},
})
