import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Program, SECRET_KEY } from '../lib/start-program.ts'

export type Probes = { acknowledged: number; queryable: number[] }

const MOST_MS = 120_000

/** A span of its own every second, and how long it takes from its acknowledgement until the API knows its trace, in milliseconds. */
export async function probeMeanwhile(program: Program, isOver: () => boolean): Promise<Probes> {
  const found: Probes = { acknowledged: 0, queryable: [] }
  const waiting: Promise<void>[] = []
  while (!isOver()) {
    const traceId = randomBytes(16).toString('hex')
    const response = await fetch(`${program.url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(oneSpan(traceId)),
    })
    await response.arrayBuffer()
    if (response.ok) {
      found.acknowledged++
      waiting.push(untilKnown(program, traceId).then((ms) => void found.queryable.push(ms)))
    }
    await sleep(1000)
  }
  await Promise.all(waiting)
  return found
}

async function untilKnown(program: Program, traceId: string): Promise<number> {
  const from = performance.now()
  while (performance.now() - from < MOST_MS) {
    const { status, body } = await fetch(`${program.url}/api/v1/traces/${traceId}`, { headers: { authorization: `Bearer ${SECRET_KEY}` } })
    await body?.cancel()
    if (status === 200) break
    await sleep(200)
  }
  return performance.now() - from
}

function oneSpan(traceId: string) {
  const now = BigInt(Date.now()) * 1_000_000n
  const span = {
    traceId,
    spanId: traceId.slice(0, 16),
    name: 'probe',
    kind: 1,
    startTimeUnixNano: String(now - 1_000_000n),
    endTimeUnixNano: String(now),
  }
  return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
}
