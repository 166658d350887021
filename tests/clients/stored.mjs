// What clients that send traces are asked for: what is stored of them, as our API tells it.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

export const { SIGNALBOX_URL: url, SIGNALBOX_KEY: key, SIGNALBOX_GRPC: grpc } = process.env

/** An answer of our API. */
export async function ask(path) {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } })
  return { status: response.status, body: await response.json() }
}

/** Asks until `accept` says so: what was acknowledged can be read a moment later. */
export async function until(path, accept, what = path) {
  let last
  for (let round = 0; round < 600; round++) {
    last = await ask(path)
    if (last.status === 200 && accept(last.body)) return last.body
    await sleep(100)
  }
  throw new Error(`${what} is not there after 60 s; the last answer was ${last.status} ${JSON.stringify(last.body).slice(0, 2000)}`)
}

/** A trace once it has this many spans: itself, its spans, and each of them by its name. */
export async function traceOf(traceId, count) {
  const { trace, spans } = await until(`/api/v1/traces/${traceId}`, (body) => body.spans.length >= count, `${count} spans of ${traceId}`)
  const named = (name) => {
    const found = spans.filter((span) => span.name === name)
    assert.equal(found.length, 1, `${found.length} spans are called ${name}: ${spans.map((span) => span.name).join(', ')}`)
    return found[0]
  }
  return { trace, spans, named }
}

/** A span with what it read, wrote and carried. */
export const whole = ({ spanId, traceId }) => until(`/api/v1/spans/${spanId}?traceId=${traceId}`, () => true)

/** The newest trace with this user. Client libraries that keep trace ids to themselves are told apart by it. */
export async function traceOfUser(userId, count) {
  const filter = encodeURIComponent(JSON.stringify([{ field: 'userId', op: 'eq', value: userId }]))
  const { traces } = await until(`/api/v1/traces?limit=1&filter=${filter}`, (body) => body.traces.length > 0, `a trace of ${userId}`)
  return traceOf(traces[0].traceId, count)
}
