import { AppError, type Caller, canonicalJson, type Input, type Score } from '@signalbox/schema'
import { VariantName } from '@signalbox/schema/experiment'
import { sha256 } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import type { Events } from '../../store/ports.ts'
import { scoresWhere } from '../../tracing/scores/list-scores.ts'
import { type StoredScore, toScore } from '../../tracing/scores/score-row.ts'
import { callApi, type DatasetRooms, itemsOf, placeOf } from './room.ts'
import { type ForeignRun, forgetRun, noteLook, noteSent, runItems, waitingRuns } from './runs.ts'

export type FollowRooms = DatasetRooms & { events: Events; log: Log }

type Sent = NonNullable<Input<'experiments.import'>['rows']>[number]
/** One call of a task, as its trace tells it. */
type Step = { itemId: string; traceId: string; spanId: string; at: number }

/** As long after the last word of a run its traces and scores may still come. */
const PATIENCE_MS = 15 * 60_000
/** A run that nobody ends is over when it was quiet for so long. */
const QUIET_MS = 30_000
const AT_ONCE = 200

/**
 * Clients of Langfuse and LangSmith send the calls of an experiment as traces and their judgements as scores, in any order and over minutes.
 * This looks again and again through the runs in which something happened lately, and keeps an experiment of each up with them.
 */
export function createRunFollower(rooms: FollowRooms) {
  let looking = false
  return {
    async look(paceMs = 2_500): Promise<void> {
      if (looking) return
      looking = true
      try {
        for (const run of await waitingRuns(rooms.sql, { patienceMs: PATIENCE_MS, paceMs }))
          await follow(rooms, run).catch(async (error: unknown) => {
            // Its dataset was removed: there is nothing to hold it against any more.
            if (error instanceof AppError && error.code === 'not-found') return forgetRun(rooms.sql, run)
            rooms.log.warn({ err: error, run: run.name }, 'a run of another tool has to wait')
            await noteLook(rooms.sql, run, '')
          })
      } finally {
        looking = false
      }
    },
  }
}

async function follow(rooms: FollowRooms, run: ForeignRun): Promise<void> {
  const caller: Caller = { projectId: run.projectId, permissions: ['*'] }
  const items = await itemsOf(rooms, caller, { dataset: run.dataset, form: 'own' })
  const steps = (run.system === 'langfuse' ? await stepsOfItems(rooms, run) : await stepsOfRuns(rooms, run)).filter(({ itemId }) =>
    items.some(({ item }) => item.id === itemId),
  )
  const rows = await rowsOf(rooms, run, steps)
  const isOver = run.endedAt !== null || Date.now() - Date.parse(run.touchedAt) > QUIET_MS
  const hash = sha256(canonicalJson([rows, isOver] as never))
  if (!(await noteLook(rooms.sql, run, hash)) || rows.length === 0) return
  const asked = items.filter(({ item }) => steps.some(({ itemId }) => itemId === item.id))
  const places = new Map(items.map(({ item }, index) => [item.id, index]))
  const variant = nameFor(run.name)
  const head = {
    run: sha256(`${run.system}\n${run.projectId}\n${run.id}`).slice(0, 32),
    name: variant,
    description: typeof run.details.description === 'string' ? run.details.description.slice(0, 2000) : '',
    startedAt: run.createdAt,
    dataset: { name: run.dataset, rows: items.length },
    variants: [variant],
    repeats: 1 + Math.max(0, ...rows.map(({ repeat = 0 }) => repeat)),
    metrics: [...new Set(rows.flatMap(({ scores = [] }) => scores.map(({ key }) => key)))].map((metric) => ({
      metric,
      version: run.system,
    })),
    metadata: { ...(run.details.metadata as object | undefined), source: run.system },
  }
  let experimentId = ''
  for (let from = 0; from === 0 || from < Math.max(rows.length, asked.length); from += AT_ONCE) {
    const answer = await callApi(rooms, caller, 'experiments.import', {
      ...head,
      items: asked.slice(from, from + AT_ONCE).map(({ item, content }) => ({
        ...{ id: item.id, index: places.get(item.id) ?? 0, input: content.input, tags: content.tags },
        ...(content.expected !== undefined && { expected: content.expected }),
      })),
      rows: rows.slice(from, from + AT_ONCE),
      finish: isOver && from + AT_ONCE >= Math.max(rows.length, asked.length),
    } as Input<'experiments.import'>)
    experimentId = answer.id
  }
  await noteSent(rooms.sql, run, { hash, experimentId })
}

/** Names of runs are people's; ours have fewer signs. */
function nameFor(name: string): string {
  if (VariantName.safeParse(name).success) return name
  const plain = name
    .replace(/[^\w ./@:+-]+/g, '-')
    .replace(/^\W+/, '')
    .slice(0, 100)
  return plain === '' ? 'run' : plain
}

async function stepsOfItems(rooms: FollowRooms, run: ForeignRun): Promise<Step[]> {
  const found: Step[] = []
  for (const { item, traceId, spanId, createdAt } of await runItems(rooms.sql, run)) {
    const place = await placeOf(rooms, run.projectId, item)
    found.push({ itemId: place?.itemId ?? item, traceId, spanId, at: Date.parse(createdAt) })
  }
  return found
}

/** The roots that name an example of the dataset, in the project of the run. */
async function stepsOfRuns(rooms: FollowRooms, run: ForeignRun): Promise<Step[]> {
  const rows = await rooms.events.query<{ traceId: string; spanId: string; example: string; at: number }>(
    `SELECT traceId, spanId, any(metadata['reference_example_id']) AS example, toUnixTimestamp64Milli(min(startedAt)) AS at FROM spans
WHERE projectId = {project:String} AND metadata['project'] = {name:String} AND metadata['reference_example_id'] != '' AND parentId = ''
GROUP BY traceId, spanId ORDER BY at, traceId LIMIT 200000`,
    { project: run.projectId, name: run.name },
  )
  const steps: Step[] = []
  for (const { traceId, spanId, example, at } of rows) {
    const place = await placeOf(rooms, run.projectId, example)
    if (place?.dataset === run.dataset) steps.push({ itemId: place.itemId, traceId, spanId, at: Number(at) })
  }
  return steps
}

type Told = { traceId: string; spanId: string; status: string; statusMessage: string; durationMs: number; output: string; parentId: string }

async function rowsOf({ events }: FollowRooms, { projectId }: ForeignRun, steps: readonly Step[]): Promise<Sent[]> {
  const rows: Sent[] = []
  const repeats = new Map<string, number>()
  for (let from = 0; from < steps.length; from += AT_ONCE) {
    const some = steps.slice(from, from + AT_ONCE)
    const traces = [...new Set(some.map(({ traceId }) => traceId))]
    const ids = { project: projectId, traces }
    const spans = await events.query<Told>(
      `SELECT s.traceId AS traceId, s.spanId AS spanId, s.parentId AS parentId, s.status AS status, s.statusMessage AS statusMessage, s.durationMs AS durationMs, p.output AS output
FROM (SELECT traceId, spanId, parentId, status, statusMessage, durationMs FROM spans FINAL WHERE projectId = {project:String} AND traceId IN {traces:Array(String)}) AS s
LEFT JOIN (SELECT traceId, spanId, output FROM payloads FINAL WHERE projectId = {project:String} AND traceId IN {traces:Array(String)}) AS p
ON p.traceId = s.traceId AND p.spanId = s.spanId`,
      ids,
    )
    const costs = await events.query<{ traceId: string; cost: number | null }>(
      `SELECT traceId, sum(cost) AS cost FROM spans FINAL WHERE projectId = {project:String} AND traceId IN {traces:Array(String)} GROUP BY traceId`,
      ids,
    )
    const scores = (
      await events.query<StoredScore>(
        `${scoresWhere(['projectId = {project:String}', 'traceId IN {traces:Array(String)}'])} LIMIT 20000`,
        ids,
      )
    ).map(toScore)
    const costOf = new Map(costs.map(({ traceId, cost }) => [traceId, cost]))
    for (const step of some) {
      const own = spans.filter(({ traceId }) => traceId === step.traceId)
      const told = own.find(({ spanId }) => spanId === step.spanId) ?? own.find(({ parentId }) => parentId === '') ?? own[0]
      // The trace is still on its way.
      if (!told) continue
      const repeat = repeats.get(step.itemId) ?? 0
      repeats.set(step.itemId, repeat + 1)
      const cost = costOf.get(step.traceId)
      rows.push({
        ...{ itemId: step.itemId, repeat, traceId: step.traceId, latencyMs: Math.max(0, Number(told.durationMs)) },
        ...(typeof cost === 'number' && { costUsd: cost / 1e9 }),
        ...(told.status === 'error'
          ? { error: (told.statusMessage || 'It failed.').slice(0, 10_000) }
          : { output: jsonOf(told.output) as never }),
        scores: scoresOf(scores.filter((score) => score.traceId === step.traceId)),
      })
    }
  }
  return rows
}

/** The newest of each name. A category is shown, and counts as no number. */
function scoresOf(scores: readonly Score[]): Sent['scores'] {
  const found = new Map<string, NonNullable<Sent['scores']>[number]>()
  for (const { name, type, value, comment } of scores) {
    if (found.has(name)) continue
    const reason = comment ? { reason: comment.slice(0, 2000) } : {}
    if (type === 'boolean')
      found.set(name, {
        key: name,
        metric: name,
        status: 'scored',
        score: value === true ? 1 : 0,
        pass: value === true,
        ...reason,
      } as never)
    else if (type === 'numeric' && typeof value === 'number')
      found.set(name, { key: name, metric: name, status: 'scored', score: value, ...reason } as never)
    else
      found.set(name, {
        key: name,
        metric: name,
        status: 'na',
        reason: comment ? `${value}: ${comment}`.slice(0, 2000) : String(value).slice(0, 2000),
      } as never)
  }
  return [...found.values()]
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
