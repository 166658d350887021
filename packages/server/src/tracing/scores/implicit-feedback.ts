import type { FeedbackSettings, ScoreRow } from '@signalbox/schema'
import { newSpanId } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { parameters } from '../queries/parameters.ts'
import { wellFormedJson } from '../storable.ts'
import { editsWithoutDistance } from './edit-distances.ts'
import { type Asked, findRepeats } from './find-repeats.ts'
import { implicitRow } from './implicit-row.ts'

type Rooms = {
  events: Events
  projectIds(): Promise<readonly string[]>
  settingsOf(projectId: string): FeedbackSettings['implicit']
  log: { warn(details: object, what: string): void }
  now?: () => number
}

const EVERY_MS = 30_000
/** What came longer ago than this is not looked at again: after a start, or when an edge sends late. */
const MOST_BACK_MS = 15 * 60_000
/** Spans of one batch may come a little after those of the next. */
const OVERLAP_MS = 120_000
/** Of one project in one run: the newest. Where more come, the rest is not looked at, and the log says so. */
const MOST_NEW = 2000
const MOST_BEFORE = 10_000
const MOST_REMEMBERED = 50_000

/**
 * What people say without saying it: they ask the same again, or change the answer. Worked out from what is stored, without a model, and
 * written as scores that say so (`metadata.implicit`). Two cores that do the same write the same scores.
 */
export function createImplicitFeedback({ events, projectIds, settingsOf, log, now = Date.now }: Rooms) {
  const seenUntil = new Map<string, number>()
  const written = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  async function runProject(projectId: string): Promise<void> {
    const settings = settingsOf(projectId)
    if (!settings.repeats) return
    const until = now()
    const since = Math.max((seenUntil.get(projectId) ?? 0) - OVERLAP_MS, until - MOST_BACK_MS)
    const fresh = await askedSince(events, projectId, since * 1000)
    if (fresh.length === MOST_NEW) log.warn({ projectId, most: MOST_NEW }, 'more questions came than are looked at for repeats')
    const rows = [
      ...(fresh.length > 0 ? await repeatsOf(events, projectId, fresh, settings) : []),
      ...(await editsWithoutDistance(events, projectId, until)),
    ].filter(({ id }) => !written.has(`${projectId} ${id}`))
    if (rows.length > 0)
      await events.insert(
        'scores',
        rows.map((row) => wellFormedJson(JSON.stringify({ ...row, receivedAt: until * 1000 }))),
        `implicit:${newSpanId()}`,
      )
    if (written.size > MOST_REMEMBERED) written.clear()
    for (const { id, name } of rows) if (name === 'repeated') written.add(`${projectId} ${id}`)
    seenUntil.set(projectId, until)
  }

  /** One run at a time; one project that cannot be looked at holds up no other. */
  const run = (): Promise<void> => {
    running = running.then(async () => {
      for (const projectId of await projectIds())
        await runProject(projectId).catch((error: unknown) => log.warn({ err: error, projectId }, 'implicit feedback has to wait'))
    })
    running = running.catch((error: unknown) => log.warn({ err: error }, 'implicit feedback has to wait'))
    return running
  }

  return {
    run,
    start(): void {
      timer = setInterval(() => void run(), EVERY_MS).unref()
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      await running
    },
  }
}

const COLUMNS = `traceId, sessionId, userId, toUnixTimestamp64Micro(startedAt) AS startedAt,
  toUnixTimestamp64Micro(startedAt) + toInt64(durationMs * 1000) AS endedAt, status, inputPreview AS question`
const ASKED = `entry = 1 AND status != 'running' AND inputPreview != '' AND (sessionId != '' OR userId != '')`

async function askedSince(events: Events, projectId: string, since: number): Promise<Asked[]> {
  const { bind, values } = parameters()
  return await events.query<Asked>(
    `SELECT ${COLUMNS} FROM spans AS s
WHERE projectId = ${bind('String', projectId)} AND receivedAt >= fromUnixTimestamp64Micro(${bind('Int64', since)})
  AND s.startedAt >= fromUnixTimestamp64Micro(${bind('Int64', since - 86_400_000_000)}) AND ${ASKED}
ORDER BY receivedAt DESC LIMIT ${MOST_NEW} SETTINGS prefer_column_name_to_alias = 1`,
    values,
  )
}

/** With what the same sessions and users asked shortly before. */
async function repeatsOf(
  events: Events,
  projectId: string,
  fresh: readonly Asked[],
  settings: FeedbackSettings['implicit'],
): Promise<ScoreRow[]> {
  const { bind, values } = parameters()
  const from = fresh.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY)
  const listed = (of: 'sessionId' | 'userId') => bind('Array(String)', [...new Set(fresh.map((one) => one[of]).filter(Boolean))])
  const before = await events.query<Asked>(
    `SELECT ${COLUMNS} FROM spans AS s
WHERE projectId = ${bind('String', projectId)}
  AND s.startedAt >= fromUnixTimestamp64Micro(${bind('Int64', from - settings.withinMinutes * 60_000_000)}) AND ${ASKED}
  AND (sessionId IN ${listed('sessionId')} OR (sessionId = '' AND userId IN ${listed('userId')}))
ORDER BY s.startedAt DESC LIMIT ${MOST_BEFORE} SETTINGS prefer_column_name_to_alias = 1`,
    values,
  )
  const isFresh = new Set(fresh.map(({ traceId }) => traceId))
  return findRepeats([...before, ...fresh], settings)
    .filter(({ later }) => isFresh.has(later.traceId))
    .map(({ earlier, later, likeness }) =>
      implicitRow({
        projectId,
        id: `implicit:repeated:${earlier.traceId}`,
        traceId: earlier.traceId,
        at: later.startedAt,
        name: 'repeated',
        type: 'boolean',
        value: 1,
        metadata: { by: later.traceId, likeness: String(likeness), kind: likeness === 1 ? 'same' : 'rephrased' },
      }),
    )
}
