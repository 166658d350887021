import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../signalbox.ts'
import { call } from './bystander.ts'
import { type Checked, checkStore } from './check-store.ts'
import type { mountSmallDisk } from './small-disk.ts'
import { startTraffic } from './traffic.ts'
import type { World } from './world.ts'

export type DiskFull = Checked & {
  /** Answers to calls and batches by status; 0 is a connection that broke. */
  statuses: Record<string, number>
  refusal: { status: number; code: string; retryAfter: string; contentType: string }
}

/** Fills the disk under the data folder while calls and spans go on, frees it again, and holds clients against the store. */
export async function diskFull(world: World, disk: NonNullable<ReturnType<typeof mountSmallDisk>>, name: string): Promise<DiskFull> {
  const { signalbox } = world
  const traffic = startTraffic({ url: signalbox.url, secretKey: signalbox.secretKey, name, callers: 4, ingesters: 2 })
  await eventually(async () => (traffic.seen.calls.some(({ answered }) => answered) ? true : undefined))
  disk.fill()
  const refused = await eventually(async () => {
    // What the journal holds in reserve, and what the core gives free, is filled as well.
    disk.fill()
    const answer = await call(world)
    return answer.status === 200 ? undefined : answer
  })
  await sleep(1500)
  disk.free()
  await eventually(async () => ((await call(world)).status === 200 ? true : undefined), 60_000)
  await sleep(500)
  const seen = await traffic.stop()
  await world.settled(90_000)
  const statuses: Record<string, number> = {}
  for (const { status } of [...seen.calls, ...seen.batches]) statuses[status] = (statuses[status] ?? 0) + 1
  const refusal = {
    status: refused.status,
    code: /"code":"([\w-]+)"/.exec(refused.text)?.[1] ?? '',
    retryAfter: String(refused.headers['retry-after']),
    contentType: String(refused.headers['content-type']),
  }
  return { ...(await checkStore(world, seen, name)), statuses, refusal }
}
