import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import { createClient } from '@signalbox/sdk'
import { type DemoHour, demoHour, HOUR } from './demo-hour.ts'
import { liveCalls } from './live-calls.ts'
import { sendTraces } from './send-traces.ts'
import type { DemoTrace } from './traces/trace.ts'

type Server = { url: string; key: string }
export type Seeded = { hour: DemoHour; liveCalls: number; joined: DemoTrace; spans: number }

const PATIENCE_MS = 60_000

/** Fills a running server through its public doors, and waits until what was sent can be read. */
export async function seed(server: Server, { seed, scale }: { seed: string; scale: number }): Promise<Seeded> {
  const hour = demoHour({ seed, scale, endsAt: Math.floor(Date.now() / 1000) * 1000 })
  await sendTraces(server, hour.traces)
  const live = await liveCalls(server, seed)
  await readable(server, [
    { traceId: hour.clustering.traceId, spans: hour.clustering.spans.length },
    // What the app wrote, and the call inside it that the gateway wrote.
    { traceId: live.last.traceId, spans: live.last.spans.length + 1 },
  ])
  return { hour, liveCalls: live.calls, joined: live.last, spans: hour.traces.reduce((sum, { spans }) => sum + spans.length, 0) }
}

/** Whether the demo has written to this server within the last hour. */
export async function isSeeded({ url, key }: Server): Promise<boolean> {
  const { rows } = await createClient({ baseUrl: url, apiKey: key }).query.run({
    measures: ['traces'],
    filters: [{ field: 'service', op: 'eq', value: 'support-copilot' }],
    from: new Date(Date.now() - HOUR).toISOString(),
  })
  return rows.some(({ traces }) => Number(traces) > 0)
}

/** What was sent last arrives last: batches keep their order. */
async function readable({ url, key }: Server, traces: readonly { traceId: string; spans: number }[]): Promise<void> {
  const client = createClient({ baseUrl: url, apiKey: key })
  const deadline = Date.now() + PATIENCE_MS
  for (const { traceId, spans } of traces) {
    for (;;) {
      const found = await client.traces.get({ traceId }).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'not-found') return undefined
        throw error
      })
      if (found && found.spans.length >= spans) break
      if (Date.now() > deadline) {
        throw new AppError('unavailable', `The server took everything, but trace ${traceId} cannot be read after a minute.`, {
          hint: 'Look at Settings → System for the backlog and for rows that were refused.',
        })
      }
      await sleep(200)
    }
  }
}
