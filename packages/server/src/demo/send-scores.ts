import { createClient } from '@signalbox/sdk'
import type { DemoScore } from './feedback.ts'

/** Requests under way at once: each is acknowledged when it is on the disk, and those that wait share a write. */
const AT_ONCE = 16

/** Sends scores one by one, as apps do. Each has its id, so that a second time changes nothing. */
export async function sendScores({ url, key }: { url: string; key: string }, scores: readonly DemoScore[]): Promise<void> {
  const { scores: room } = createClient({ baseUrl: url, apiKey: key })
  const left = scores.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const score of left) await room.create(score)
    }),
  )
}
