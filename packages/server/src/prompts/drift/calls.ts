import type { Events } from '../../store/ports.ts'

/** Of a project, from when until when calls came in, in microseconds since 1970. */
export type Window = { projectId: string; from: number; to: number }
type About = { traceId: string; spanId: string; app: string; at: number }

/** Of each window at most so many calls are looked at in whole. */
const MOST_READ = 200
const LONGEST = 65_536
/** What came in may have begun long before. */
const HOUR_US = 3_600_000_000

const OF_WINDOW = `projectId = {projectId:String} AND startedAt >= fromUnixTimestamp64Micro({began:Int64})
  AND receivedAt > fromUnixTimestamp64Micro({from:Int64}) AND receivedAt <= fromUnixTimestamp64Micro({to:Int64})`
const APP = `if(service != '', service, keyId) AS app`
const AT = 'toUnixTimestamp64Milli(startedAt) AS at'
const boundsOf = ({ projectId, from, to }: Window) => ({ projectId, from, to, began: from - HOUR_US })

export type PlainCall = About & { route: string; input: string }

/** Some calls of the gateway that were not rendered from a prompt, with what was asked. */
export async function plainCalls(events: Events, window: Window): Promise<PlainCall[]> {
  const calls = await events.query<About & { route: string }>(
    `SELECT traceId, spanId, requestModel AS route, ${APP}, ${AT} FROM spans
     WHERE ${OF_WINDOW} AND source = 'gateway' AND kind = 'llm' AND promptName = '' AND inputBytes BETWEEN 1 AND ${LONGEST}
     ORDER BY cityHash64(spanId) LIMIT ${MOST_READ}`,
    boundsOf(window),
  )
  const inputs = await payloads(events, window, calls, 'input')
  return calls.flatMap((call) => {
    const input = inputs.get(call.spanId)
    return input ? [{ ...call, input }] : []
  })
}

export type RenderedCall = About & { prompt: string; shapes: Record<string, string> }

/** Some calls that the gateway rendered, with what their variables looked like. */
export async function renderedCalls(events: Events, window: Window): Promise<RenderedCall[]> {
  const calls = await events.query<About & { prompt: string }>(
    `SELECT traceId, spanId, promptName AS prompt, ${APP}, ${AT} FROM spans
     WHERE ${OF_WINDOW} AND source = 'gateway' AND promptName != '' ORDER BY cityHash64(spanId) LIMIT ${MOST_READ}`,
    boundsOf(window),
  )
  const shapes = await payloads(events, window, calls, `JSONExtractRaw(attributes, 'prompt', 'shapes')`)
  return calls.flatMap((call) => {
    const told = shapes.get(call.spanId)
    return told ? [{ ...call, shapes: JSON.parse(told) as Record<string, string> }] : []
  })
}

export type VersionUse = {
  prompt: string
  version: string
  app: string
  count: number
  firstAt: number
  lastAt: number
  traceId: string
  spanId: string
}

/** Which versions were used by whom, wherever the calls came from. */
export const versionUses = (events: Events, window: Window): Promise<VersionUse[]> =>
  events.query<VersionUse>(
    `SELECT promptName AS prompt, promptVersion AS version, ${APP}, count() AS count,
       toUnixTimestamp64Milli(min(startedAt)) AS firstAt, toUnixTimestamp64Milli(max(startedAt)) AS lastAt,
       argMax(traceId, startedAt) AS traceId, argMax(spanId, startedAt) AS spanId
     FROM spans WHERE ${OF_WINDOW} AND promptName != '' AND match(promptVersion, '^[0-9]{1,9}$')
     GROUP BY prompt, version, app ORDER BY count DESC LIMIT 500`,
    boundsOf(window),
  )

async function payloads(events: Events, window: Window, calls: readonly About[], sql: string): Promise<Map<string, string>> {
  if (calls.length === 0) return new Map()
  const rows = await events.query<{ spanId: string; said: string }>(
    `SELECT spanId, ${sql} AS said FROM payloads WHERE projectId = {projectId:String} AND traceId IN {traceIds:Array(String)}
       AND spanId IN {spanIds:Array(String)} AND length(input) <= ${LONGEST}`,
    { projectId: window.projectId, traceIds: calls.map(({ traceId }) => traceId), spanIds: calls.map(({ spanId }) => spanId) },
  )
  return new Map(rows.filter(({ said }) => said !== '').map(({ spanId, said }) => [spanId, said]))
}
