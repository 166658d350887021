import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import { createClient } from '@signalbox/sdk'
import { type DemoHour, demoHour, HOUR } from './demo-hour.ts'
import { liveCalls } from './live-calls.ts'
import { sendTraces } from './send-traces.ts'

type Server = { url: string; key: string }
export type Seeded = { hour: DemoHour; liveCalls: number; spans: number }

const PATIENCE_MS = 60_000

/** Fills a running server through its public doors, and waits until what was sent can be read. */
export async function seed(server: Server, { seed, scale }: { seed: string; scale: number }): Promise<Seeded> {
  const hour = demoHour({ seed, scale, endsAt: Math.floor(Date.now() / 1000) * 1000 })
  await sendTraces(server, hour.traces)
  const calls = await liveCalls(server, seed)
  await readable(server, hour)
  return { hour, liveCalls: calls, spans: hour.traces.reduce((sum, { spans }) => sum + spans.length, 0) }
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

/** The last trace that was sent is the last one to arrive: batches keep their order. */
async function readable({ url, key }: Server, { traces, clustering }: DemoHour): Promise<void> {
  const client = createClient({ baseUrl: url, apiKey: key })
  const deadline = Date.now() + PATIENCE_MS
  for (const { traceId, spans } of [clustering, traces.at(-1)].filter((trace) => trace !== undefined)) {
    for (;;) {
      const found = await client.traces.get({ traceId }).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'not-found') return undefined
        throw error
      })
      if (found && found.spans.length >= spans.length) break
      if (Date.now() > deadline) {
        throw new AppError('unavailable', `The server took everything, but trace ${traceId} cannot be read after a minute.`, {
          hint: 'Look at Settings → System for the backlog and for rows that were refused.',
        })
      }
      await sleep(200)
    }
  }
}
