import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import { createClient } from '@signalbox/sdk'
import { type DemoOptions, demoWeek } from './demo-week.ts'
import { liveCalls } from './live-calls.ts'
import { makePrompts } from './prompts/make-prompts.ts'
import { sendScores } from './send-scores.ts'
import { sendTraces } from './send-traces.ts'
import { RELEASES, type Story } from './story.ts'
import { type Pointer, worthSeeing } from './worth-seeing.ts'

export type Server = { url: string; key: string }
export type Written = { traces: number; worthSeeing: Pointer[] }

const PATIENCE_MS = 120_000

/** Fills a running server through its public doors, and waits until what was sent can be read. */
export async function writeDemo(
  server: Server,
  options: DemoOptions,
  told: (progress: { traces: number; sent: number }) => void,
): Promise<Written> {
  await known(server)
  const week = await demoWeek(options)
  const traces = week.traces.length
  told({ traces, sent: 0 })
  await mark(server, week.story)
  await sendTraces(server, week.traces, (sent) => told({ traces, sent }))
  await sendScores(server, week.scores)
  const summaries = await makePrompts(server)
  const live = await liveCalls(server, options.seed)
  await readable(server, [
    { traceId: week.clustering.traceId, spans: week.clustering.spans.length },
    // What the app wrote, and the call inside it that the gateway wrote.
    { traceId: live.last.traceId, spans: live.last.spans.length + 1 },
  ])
  return { traces: traces + summaries + live.traces, worthSeeing: worthSeeing(week, live) }
}

/** What the traces do not tell themselves; of a new release, the first span does. */
async function mark({ url, key }: Server, { streamingAt, incident, badDeploy, fixedAt }: Story): Promise<void> {
  const { markers } = createClient({ baseUrl: url, apiKey: key })
  const at = (time: number) => new Date(time).toISOString()
  const environment = 'production'
  const moments = [
    { id: 'demo-streaming', kind: 'config', title: 'Answers are streamed', at: at(streamingAt) },
    { id: 'demo-incident', kind: 'note', title: 'OpenAI reports elevated latency', at: at(incident.from) },
    { id: 'demo-prompt-8', kind: 'prompt', title: 'Prompt support-answer: version 8', at: at(badDeploy.from) },
    { id: 'demo-rollback', kind: 'deploy', title: `Rolled back to ${RELEASES.steady}`, at: at(badDeploy.to) },
    { id: 'demo-prompt-9', kind: 'prompt', title: 'Prompt support-answer: version 9', at: at(fixedAt) },
  ] as const
  for (const moment of moments) await markers.create({ ...moment, environment })
}

/** A new key is known to the edge a moment after it was made. */
async function known({ url, key }: Server): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } }).catch((cause: unknown) => {
      throw new AppError('unavailable', `No gateway answers at ${url}.`, { cause, hint: 'Is the edge running, and is its address right?' })
    })
    await response.arrayBuffer()
    if (response.ok) return
    if (Date.now() > deadline) throw new AppError('unavailable', `The gateway at ${url} does not know the key of the demo.`)
    await sleep(100)
  }
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
        throw new AppError('unavailable', `The server took everything, but trace ${traceId} cannot be read after two minutes.`, {
          hint: 'Look at Ingest and Settings → System for the backlog and for rows that were refused.',
        })
      }
      await sleep(200)
    }
  }
}
