import type { ForeignAnswer, ForeignRequest } from '../../../lib/foreign.ts'
import type { Events } from '../../../store/ports.ts'
import { scope } from '../../../tracing/queries/conditions.ts'
import { once } from '../../../tracing/queries/once.ts'
import { type Parameters, parameters } from '../../../tracing/queries/parameters.ts'
import { paged, pageOf, refuseUnknown, text, texts } from '../paging.ts'
import { windowOf } from '../traces.ts'

const KNOWN = ['page', 'limit', 'traceName', 'userId', 'tags', 'environment', 'fromTimestamp', 'toTimestamp']
const NANO = 1e9
const LEAF = `usageRole = 'leaf'`
/** Spans that stand for a trace of the older protocol are no observations. */
const OBSERVATION = `NOT (source = 'langfuse' AND parentId = '')`

type UsageRow = {
  day: string
  usedModel: string
  observations: number
  traces: number
  input: number
  output: number
  money: number
}

/**
 * `GET /api/public/metrics/daily`, which tools of the older API ask: days in UTC, newest first, each with its traces (on the day that they
 * began), its observations (on the day that those began), and what each model used. What no model did stands under `model: null`.
 */
export async function dailyMetrics({ events }: { events: Events }, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, KNOWN)
  const page = pageOf(query)
  const asked = {
    projectId: caller.projectId,
    window: windowOf(query),
    query,
    final: await once(events, caller.projectId, windowOf(query)),
  }
  const [traces, usage] = await Promise.all([tracesByDay(events, asked), usageByDay(events, asked)])
  const byDay = Map.groupBy(usage, ({ day }) => day)
  const days = [...new Set([...traces.keys(), ...byDay.keys()])].sort().reverse()
  const shown = days.slice((page.page - 1) * page.limit, page.page * page.limit)
  const data = shown.map((day) => dayOf(day, traces.get(day) ?? 0, byDay.get(day) ?? []))
  return { body: paged(page, data, days.length) }
}

type Asked = { projectId: string; window: ReturnType<typeof windowOf>; query: URLSearchParams; final: '' | ' FINAL' }

const dayOf = (date: string, countTraces: number, rows: readonly UsageRow[]) => ({
  date,
  countTraces,
  countObservations: rows.reduce((sum, { observations }) => sum + Number(observations), 0),
  totalCost: rows.reduce((sum, { money }) => sum + Number(money), 0) / NANO,
  usage: rows
    .filter(({ observations }) => Number(observations) > 0)
    .map(({ usedModel, observations, traces, input, output, money }) => ({
      model: usedModel || null,
      inputUsage: Number(input),
      outputUsage: Number(output),
      totalUsage: Number(input) + Number(output),
      totalCost: Number(money) / NANO,
      countObservations: Number(observations),
      countTraces: Number(traces),
    })),
})

async function tracesByDay(events: Events, asked: Asked): Promise<Map<string, number>> {
  const bound = parameters()
  const rows = await events.query<{ day: string; traces: number }>(
    `SELECT day, count() AS traces FROM (${tracesSql(asked, bound)}) GROUP BY day`,
    bound.values,
  )
  return new Map(rows.map(({ day, traces }) => [day, Number(traces)]))
}

function usageByDay(events: Events, asked: Asked): Promise<UsageRow[]> {
  const bound = parameters()
  const where = [
    ...spansWhere(asked, bound),
    ...environmentSql(asked.query, bound, 'environment'),
    `traceId IN (SELECT traceId FROM (${tracesSql(asked, bound)}))`,
  ]
  return events.query<UsageRow>(
    `SELECT toString(toDate(startedAt, 'UTC')) AS day, if(model != '', model, requestModel) AS usedModel,
  countIf(${OBSERVATION}) AS observations, uniqExact(traceId) AS traces,
  sumIf(inputTokens, ${LEAF}) AS input, sumIf(outputTokens, ${LEAF}) AS output, sumIf(ifNull(cost, 0), ${LEAF}) AS money
FROM spans${asked.final} WHERE ${where.join(' AND ')} GROUP BY day, usedModel ORDER BY day, money DESC, usedModel
SETTINGS prefer_column_name_to_alias = 1`,
    bound.values,
  )
}

const spansWhere = ({ projectId, window }: Asked, bound: Parameters): string[] => [
  ...scope(projectId, window, bound),
  `status != 'running'`,
]

/** The traces that are asked about, each with the day on which it began. */
function tracesSql(asked: Asked, bound: Parameters): string {
  const { query, final } = asked
  const [name, user, tags] = [text(query, 'traceName'), text(query, 'userId'), texts(query, 'tags')]
  const having = [
    ...(name === undefined ? [] : [`argMinIf(name, startedAt, entry = 1) = ${bound.bind('String', name)}`]),
    ...(user === undefined ? [] : [`anyIf(userId, userId != '') = ${bound.bind('String', user)}`]),
    ...(tags.length === 0 ? [] : [`hasAll(groupUniqArrayArray(tags), ${bound.bind('Array(String)', tags)})`]),
    ...environmentSql(query, bound, `anyIf(environment, environment != '')`),
  ]
  return `SELECT traceId, toString(toDate(min(startedAt), 'UTC')) AS day FROM spans${final}
WHERE ${spansWhere(asked, bound).join(' AND ')} GROUP BY traceId${having.length > 0 ? ` HAVING ${having.join(' AND ')}` : ''}`
}

/** `default` is what Langfuse calls the environment of what names none. */
function environmentSql(query: URLSearchParams, { bind }: Parameters, sql: string): string[] {
  const environments = texts(query, 'environment')
  if (environments.length === 0) return []
  return [`${sql} IN ${bind('Array(String)', environments.includes('default') ? [...environments, ''] : environments)}`]
}
