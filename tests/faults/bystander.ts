import { setTimeout as sleep } from 'node:timers/promises'
import { send } from './traffic.ts'
import type { World } from './world.ts'

export type Bystander = { calls: number; failed: number; slowestMs: number }

/** Somebody else who makes one call after the other while `disturb` goes on: nothing may happen to them. */
export async function withBystander(world: World, disturb: () => Promise<void>): Promise<Bystander> {
  const found: Bystander = { calls: 0, failed: 0, slowestMs: 0 }
  let over = false
  const watch = async () => {
    while (!over) {
      const from = performance.now()
      const { status, text } = await call(world)
      found.calls++
      if (status !== 200 || !text.includes('still here')) found.failed++
      found.slowestMs = Math.max(found.slowestMs, performance.now() - from)
      await sleep(5)
    }
  }
  const watching = watch()
  try {
    await disturb()
  } finally {
    over = true
    await watching
  }
  return found
}

export const call = ({ signalbox }: World, content = 'still here', timeoutMs = 60_000) =>
  send(`${signalbox.url}/v1/chat/completions`, {
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim/echo', messages: [{ role: 'user', content }] }),
    timeoutMs,
  })
